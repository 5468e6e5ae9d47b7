// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Stake of nodes and their delegators
/// @notice Every event carries the resulting totals, so an indexer never has to call back.
interface INodeStaking {
    /// @param selfStake DPN wei staked by the operator
    /// @param delegatedStake DPN wei behind all delegation shares
    /// @param totalShares delegation shares outstanding
    /// @param commissionBps operator's cut of the delegators' rewards, 1/10000
    /// @param certified selfStake reached the certification threshold
    struct Pool {
        uint256 selfStake;
        uint256 delegatedStake;
        uint256 totalShares;
        uint16 commissionBps;
        bool certified;
    }

    struct UnbondingLock {
        address owner;
        uint32 nodeId;
        uint64 withdrawableAt;
        bool withdrawn;
        uint256 amount;
    }

    /// @param totalStaked sum of all bonded stake of the network after the event
    event StakeDeposited(
        uint32 indexed nodeId, address indexed operator, uint256 amount, uint256 selfStake, uint256 totalStaked
    );
    event Delegated(
        uint32 indexed nodeId,
        address indexed delegator,
        uint256 amount,
        uint256 shares,
        uint256 delegatorShares,
        uint256 delegatedStake,
        uint256 totalShares,
        uint256 totalStaked
    );
    /// @param isSelfStake true: the operator's own stake (shares is 0); false: delegation shares
    /// @param ownerShares the owner's delegation shares left in this node
    /// @param selfStake, delegatedStake, totalShares the node's pool after the event
    /// @param totalUnbonding network sum of locks not yet withdrawn
    event UnbondingStarted(
        uint256 indexed lockId,
        uint32 indexed nodeId,
        address indexed owner,
        bool isSelfStake,
        uint256 shares,
        uint256 amount,
        uint64 withdrawableAt,
        uint256 ownerShares,
        uint256 selfStake,
        uint256 delegatedStake,
        uint256 totalShares,
        uint256 totalStaked,
        uint256 totalUnbonding
    );
    event UnbondingWithdrawn(
        uint256 indexed lockId, uint32 indexed nodeId, address indexed owner, uint256 amount, uint256 totalUnbonding
    );
    event CommissionScheduled(uint32 indexed nodeId, uint16 commissionBps, uint64 effectiveAt);
    event CommissionApplied(uint32 indexed nodeId, uint16 commissionBps);
    event Certified(uint32 indexed nodeId, uint256 selfStake);
    event Decertified(uint32 indexed nodeId, uint256 selfStake);
    event CertificationThresholdSet(uint256 threshold);

    function stake(uint32 nodeId, uint256 amount) external;
    function delegate(uint32 nodeId, uint256 amount) external returns (uint256 shares);
    function unbondSelfStake(uint32 nodeId, uint256 amount) external returns (uint256 lockId);
    function unbond(uint32 nodeId, uint256 shares) external returns (uint256 lockId);
    function withdraw(uint256 lockId) external;
    function scheduleCommission(uint32 nodeId, uint16 commissionBps) external;
    function applyCommission(uint32 nodeId) external;
    /// @notice Re-evaluates certification after the threshold changed; anyone may call.
    function refreshCertification(uint32[] calldata nodeIds) external;

    function certificationThreshold() external view returns (uint256);
    function totalStaked() external view returns (uint256);
    function totalUnbonding() external view returns (uint256);
    function getPool(uint32 nodeId) external view returns (Pool memory);
    function getPools(uint32 from, uint32 to) external view returns (Pool[] memory);
    function sharesOf(uint32 nodeId, address delegator) external view returns (uint256);
    function getLock(uint256 lockId) external view returns (UnbondingLock memory);
    /// @notice Certified, registered and not retired (jail comes with slashing).
    function isEligible(uint32 nodeId) external view returns (bool);
}
