// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Emission of rewards to nodes and their delegators
/// @notice Streams DPN over nodes by weight = capped stake x score x class weight; claims are pulled.
interface IRewardDistributor {
    /// @param ratePerSecond DPN wei streamed per second until endsAt
    /// @param funded DPN wei ever funded
    /// @param undistributed DPN wei that waited while no node had weight, and what is too little for a whole rate
    event EmissionSet(uint256 ratePerSecond, uint64 endsAt, uint256 funded, uint256 undistributed);
    event ClassWeightSet(uint8 indexed hardwareClass, uint16 weightBps);
    event StakeCapSet(uint256 stakeCap);
    event WeightUpdated(
        uint32 indexed nodeId,
        uint256 cappedStake,
        uint16 scoreBps,
        uint16 classWeightBps,
        uint256 weight,
        uint256 totalWeight
    );
    /// @notice A node's stream was settled: amount = operatorAmount + delegatorsAmount; all zero when nobody holds stake.
    /// @param operatorAmount the operator's share with commission; commission part of it that came from delegators
    /// @param accruedTotal all that this node (with delegators) has accrued so far
    event RewardAccrued(
        uint32 indexed nodeId,
        uint256 amount,
        uint256 operatorAmount,
        uint256 commission,
        uint256 delegatorsAmount,
        uint256 accruedTotal
    );
    /// @notice A delegator was settled up to the node's reward per share.
    /// @param pending DPN wei settled and not claimed
    /// @param rewardPerShare DPN wei that one share of the node has earned since the beginning, times 1e18
    event DelegatorSettled(uint32 indexed nodeId, address indexed delegator, uint256 pending, uint256 rewardPerShare);
    /// @param account the delegator, or the node's operator
    /// @param asOperator true: the node's own reward, paid to its reward recipient
    /// @param claimedTotal all that this account has claimed of this node in this role
    event RewardClaimed(
        uint32 indexed nodeId,
        address indexed account,
        address recipient,
        bool asOperator,
        uint256 amount,
        uint256 claimedTotal
    );

    function fundEmission(uint256 amount, uint64 durationSeconds) external;
    /// @notice Settles the nodes and re-reads their stake and score; anyone may call.
    function sync(uint32[] calldata nodeIds) external;
    function claim(uint32 nodeId) external returns (uint256 amount);
    function claimOperator(uint32 nodeId) external returns (uint256 amount);
    /// @notice Called by NodeStaking before a pool, a delegator's shares or a commission change.
    function beforeStakeChange(uint32 nodeId, address delegator) external;

    function pendingOf(uint32 nodeId, address delegator) external view returns (uint256);
    function pendingOperator(uint32 nodeId) external view returns (uint256);
    function weightOf(uint32 nodeId) external view returns (uint256);
    function totalWeight() external view returns (uint256);
    function ratePerSecond() external view returns (uint256);
}
