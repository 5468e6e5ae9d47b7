// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {INodeStaking} from "./interfaces/INodeStaking.sol";
import {IRewardDistributor} from "./interfaces/IRewardDistributor.sol";

/// @title Stake of nodes and their delegators
/// @notice Self-stake certifies a node; delegators share what the node earns. Leaving takes the unbonding delay and
/// cannot be refused: unbonding works for retired nodes and with a broken reward distributor, withdrawing calls no
/// other contract than the token.
/// @dev Tokens are accounted internally, so tokens sent here directly move no share price. The token must move
/// exactly the amount asked for (no transfer fee).
///
/// Invariants
/// 1. totalStaked = sum over nodes of selfStake + delegatedStake; totalUnbonding = sum of locks not withdrawn;
///    token balance >= totalStaked + totalUnbonding.
/// 2. A node's totalShares = sum of its delegators' shares; turning amount into shares and back never yields more.
/// 3. certified holds exactly when selfStake reached the threshold at the node's last evaluation.
contract NodeStaking is INodeStaking, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct PendingCommission {
        uint16 commissionBps;
        uint64 effectiveAt;
    }

    /// @notice Gas each call to the reward distributor gets when leaving: enough for an honest one, and a bound for a broken one.
    uint256 public constant HOOK_GAS = 400_000;
    uint256 private constant BPS = 10_000;
    /// @dev Virtual share and asset: a pool emptied by rounding or (later) slashing never divides by zero, and nobody
    /// can be first with a share that is worth more than it cost.
    uint256 private constant VIRTUAL = 1;

    /// @notice The staked token, DPN.
    IERC20 public immutable token;
    /// @notice Where nodes are registered.
    INodeRegistry public immutable registry;
    /// @notice Seconds between unbonding and withdrawal.
    uint64 public immutable unbondingDelay;
    /// @notice Seconds between announcing a commission and its effect.
    uint64 public immutable commissionNotice;

    /// @inheritdoc INodeStaking
    uint256 public certificationThreshold;
    /// @inheritdoc INodeStaking
    uint256 public totalStaked;
    /// @inheritdoc INodeStaking
    uint256 public totalUnbonding;
    /// @notice Settles rewards before stake changes; zero until set.
    IRewardDistributor public rewardDistributor;

    mapping(uint32 nodeId => Pool) private _pools;
    mapping(uint32 nodeId => PendingCommission) private _pendingCommissions;
    mapping(uint32 nodeId => mapping(address delegator => uint256)) private _shares;
    UnbondingLock[] private _locks;

    /// @notice The reward distributor was set, once and for all.
    event RewardDistributorSet(address rewardDistributor);
    /// @notice The reward distributor failed while someone was leaving; the leaving went on without it.
    event RewardSettlementSkipped(uint32 indexed nodeId, address indexed account);

    /// @notice An amount or share number of zero.
    error ZeroAmount();
    /// @notice A contract address or parameter must not be zero.
    error ZeroParameter();
    /// @notice Only the node's operator may do this.
    error NotOperator(uint32 nodeId, address caller);
    /// @notice A retired node takes no new stake.
    error NodeIsRetired(uint32 nodeId);
    /// @notice More than there is.
    error InsufficientStake(uint256 available, uint256 requested);
    /// @notice Only the owner of a lock may withdraw it.
    error NotLockOwner(uint256 lockId, address caller);
    /// @notice No lock has this id.
    error UnknownLock(uint256 lockId);
    /// @notice The lock opens later.
    error StillLocked(uint256 lockId, uint64 withdrawableAt);
    /// @notice The lock was paid out already.
    error AlreadyWithdrawn(uint256 lockId);
    /// @notice A commission is at most 10000.
    error CommissionTooHigh(uint16 commissionBps);
    /// @notice No commission is scheduled for this node.
    error NoCommissionScheduled(uint32 nodeId);
    /// @notice The notice period is not over.
    error NoticePeriodRunning(uint32 nodeId, uint64 effectiveAt);
    /// @notice The reward distributor was set before.
    error RewardDistributorAlreadySet();
    /// @notice The reward distributor must be a contract.
    error NotAContract(address account);
    /// @notice Too little gas to let the reward distributor settle; send more.
    error InsufficientGas(uint256 available, uint256 required);
    /// @notice The range of ids is reversed or ends after the last node.
    error RangeOutOfBounds(uint32 from, uint32 to);

    /// @param authority AccessManager that guards the parameters
    /// @param token_ DPN
    /// @param registry_ NodeRegistry
    /// @param certificationThreshold_ DPN wei of self-stake that certify a node
    /// @param unbondingDelay_ seconds
    /// @param commissionNotice_ seconds
    constructor(
        address authority,
        IERC20 token_,
        INodeRegistry registry_,
        uint256 certificationThreshold_,
        uint64 unbondingDelay_,
        uint64 commissionNotice_
    ) AccessManaged(authority) {
        if (address(token_) == address(0) || address(registry_) == address(0)) {
            revert ZeroParameter();
        }
        token = token_;
        registry = registry_;
        unbondingDelay = unbondingDelay_;
        commissionNotice = commissionNotice_;
        _setThreshold(certificationThreshold_);
    }

    /// @notice Sets the reward distributor, once; by the governor.
    function setRewardDistributor(IRewardDistributor rewardDistributor_) external restricted {
        if (address(rewardDistributor) != address(0)) revert RewardDistributorAlreadySet();
        // A try call to an address without code is not caught: it would block leaving for good.
        if (address(rewardDistributor_).code.length == 0) revert NotAContract(address(rewardDistributor_));
        rewardDistributor = rewardDistributor_;
        emit RewardDistributorSet(address(rewardDistributor_));
    }

    /// @notice Sets the self-stake that certifies; by the governor. Nodes change at their next evaluation.
    function setCertificationThreshold(uint256 threshold) external restricted {
        _setThreshold(threshold);
    }

    /// @notice Adds self-stake; by the node's operator, who must have approved the amount.
    function stake(uint32 nodeId, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        _requireOperator(nodeId, true);
        _settle(nodeId, address(0));

        Pool storage pool = _pools[nodeId];
        pool.selfStake += amount;
        totalStaked += amount;
        emit StakeDeposited(nodeId, msg.sender, amount, pool.selfStake, totalStaked);
        _evaluate(nodeId);

        token.safeTransferFrom(msg.sender, address(this), amount);
        _refreshWeight(nodeId);
    }

    /// @notice Delegates to a node that is not retired; the caller must have approved the amount.
    /// @return shares delegation shares received
    function delegate(uint32 nodeId, uint256 amount) external nonReentrant returns (uint256 shares) {
        if (amount == 0) revert ZeroAmount();
        if (registry.getNode(nodeId).retired) revert NodeIsRetired(nodeId);
        _settle(nodeId, msg.sender);

        Pool storage pool = _pools[nodeId];
        shares = Math.mulDiv(amount, pool.totalShares + VIRTUAL, pool.delegatedStake + VIRTUAL);
        if (shares == 0) revert ZeroAmount();
        pool.delegatedStake += amount;
        pool.totalShares += shares;
        totalStaked += amount;
        uint256 delegatorShares = _shares[nodeId][msg.sender] += shares;
        emit Delegated(
            nodeId, msg.sender, amount, shares, delegatorShares, pool.delegatedStake, pool.totalShares, totalStaked
        );

        token.safeTransferFrom(msg.sender, address(this), amount);
        _refreshWeight(nodeId);
    }

    /// @notice Starts unbonding self-stake; by the node's operator, at any time.
    /// @return lockId lock to withdraw after the delay
    function unbondSelfStake(uint32 nodeId, uint256 amount) external nonReentrant returns (uint256 lockId) {
        if (amount == 0) revert ZeroAmount();
        _requireOperator(nodeId, false);
        Pool storage pool = _pools[nodeId];
        if (amount > pool.selfStake) revert InsufficientStake(pool.selfStake, amount);
        _trySettle(nodeId, address(0));

        pool.selfStake -= amount;
        lockId = _startUnbonding(nodeId, 0, amount);
        _evaluate(nodeId);
        _refreshWeight(nodeId);
    }

    /// @notice Starts unbonding delegation shares of the caller, at any time.
    /// @return lockId lock to withdraw after the delay
    function unbond(uint32 nodeId, uint256 shares) external nonReentrant returns (uint256 lockId) {
        if (shares == 0) revert ZeroAmount();
        uint256 available = _shares[nodeId][msg.sender];
        if (shares > available) revert InsufficientStake(available, shares);
        _trySettle(nodeId, msg.sender);

        Pool storage pool = _pools[nodeId];
        uint256 amount = Math.mulDiv(shares, pool.delegatedStake + VIRTUAL, pool.totalShares + VIRTUAL);
        if (amount == 0) revert ZeroAmount();
        pool.delegatedStake -= amount;
        pool.totalShares -= shares;
        _shares[nodeId][msg.sender] = available - shares;
        lockId = _startUnbonding(nodeId, shares, amount);
        _refreshWeight(nodeId);
    }

    /// @notice Pays out a lock after its delay, to its owner.
    function withdraw(uint256 lockId) external nonReentrant {
        if (lockId >= _locks.length) revert UnknownLock(lockId);
        UnbondingLock storage lock = _locks[lockId];
        if (lock.owner != msg.sender) revert NotLockOwner(lockId, msg.sender);
        if (lock.withdrawn) revert AlreadyWithdrawn(lockId);
        if (block.timestamp < lock.withdrawableAt) revert StillLocked(lockId, lock.withdrawableAt);

        lock.withdrawn = true;
        totalUnbonding -= lock.amount;
        emit UnbondingWithdrawn(lockId, lock.nodeId, msg.sender, lock.amount, totalUnbonding);
        token.safeTransfer(msg.sender, lock.amount);
    }

    /// @notice Announces a commission; by the node's operator. A later announcement replaces an earlier one.
    function scheduleCommission(uint32 nodeId, uint16 commissionBps) external {
        _requireOperator(nodeId, true);
        if (commissionBps > BPS) revert CommissionTooHigh(commissionBps);
        uint64 effectiveAt = uint64(block.timestamp) + commissionNotice;
        _pendingCommissions[nodeId] = PendingCommission(commissionBps, effectiveAt);
        emit CommissionScheduled(nodeId, commissionBps, effectiveAt);
    }

    /// @notice Puts the announced commission into force after its notice; by anyone. Rewards up to now keep the old one.
    function applyCommission(uint32 nodeId) external nonReentrant {
        PendingCommission memory pending = _pendingCommissions[nodeId];
        if (pending.effectiveAt == 0) revert NoCommissionScheduled(nodeId);
        if (block.timestamp < pending.effectiveAt) revert NoticePeriodRunning(nodeId, pending.effectiveAt);
        _settle(nodeId, address(0));
        delete _pendingCommissions[nodeId];
        _pools[nodeId].commissionBps = pending.commissionBps;
        emit CommissionApplied(nodeId, pending.commissionBps);
    }

    /// @inheritdoc INodeStaking
    function refreshCertification(uint32[] calldata nodeIds) external nonReentrant {
        for (uint256 i = 0; i < nodeIds.length; i++) {
            _evaluate(nodeIds[i]);
            _refreshWeight(nodeIds[i]);
        }
    }

    /// @notice The stake of one node; all zero for a node that never had any.
    function getPool(uint32 nodeId) external view returns (Pool memory) {
        return _pools[nodeId];
    }

    /// @notice Pools of nodes `from` up to and not including `to`.
    function getPools(uint32 from, uint32 to) external view returns (Pool[] memory pools) {
        if (from > to || to > registry.nodeCount()) revert RangeOutOfBounds(from, to);
        pools = new Pool[](to - from);
        for (uint32 i = 0; i < pools.length; i++) {
            pools[i] = _pools[from + i];
        }
    }

    /// @notice Delegation shares an account holds in a node.
    function sharesOf(uint32 nodeId, address delegator) external view returns (uint256) {
        return _shares[nodeId][delegator];
    }

    /// @notice The commission announced for a node; effectiveAt is 0 when there is none.
    function pendingCommission(uint32 nodeId) external view returns (uint16 commissionBps, uint64 effectiveAt) {
        PendingCommission memory pending = _pendingCommissions[nodeId];
        return (pending.commissionBps, pending.effectiveAt);
    }

    /// @notice Number of locks ever made; ids are 0..lockCount-1.
    function lockCount() external view returns (uint256) {
        return _locks.length;
    }

    /// @notice One unbonding lock; reverts with UnknownLock for an id not given out.
    function getLock(uint256 lockId) external view returns (UnbondingLock memory) {
        if (lockId >= _locks.length) revert UnknownLock(lockId);
        return _locks[lockId];
    }

    /// @inheritdoc INodeStaking
    /// @dev A retired node stays certified as long as its stake lies here; it is no longer eligible all the same.
    function isEligible(uint32 nodeId) external view returns (bool) {
        return _pools[nodeId].certified && !registry.getNode(nodeId).retired;
    }

    function _setThreshold(uint256 threshold) private {
        if (threshold == 0) revert ZeroParameter();
        certificationThreshold = threshold;
        emit CertificationThresholdSet(threshold);
    }

    function _requireOperator(uint32 nodeId, bool active) private view {
        INodeRegistry.Node memory node = registry.getNode(nodeId);
        if (node.operator != msg.sender) revert NotOperator(nodeId, msg.sender);
        if (active && node.retired) revert NodeIsRetired(nodeId);
    }

    function _evaluate(uint32 nodeId) private {
        Pool storage pool = _pools[nodeId];
        bool certified = pool.selfStake >= certificationThreshold;
        if (certified == pool.certified) return;
        pool.certified = certified;
        if (certified) emit Certified(nodeId, pool.selfStake);
        else emit Decertified(nodeId, pool.selfStake);
    }

    /// @dev Moves an amount already taken from the caller's pool into a new lock. shares = 0 means self-stake.
    function _startUnbonding(uint32 nodeId, uint256 shares, uint256 amount) private returns (uint256 lockId) {
        totalStaked -= amount;
        totalUnbonding += amount;
        lockId = _locks.length;
        _locks.push(
            UnbondingLock({
                owner: msg.sender,
                nodeId: nodeId,
                withdrawableAt: uint64(block.timestamp) + unbondingDelay,
                withdrawn: false,
                amount: amount
            })
        );
        _emitUnbonding(lockId, shares);
    }

    function _emitUnbonding(uint256 lockId, uint256 shares) private {
        UnbondingLock memory lock = _locks[lockId];
        Pool memory pool = _pools[lock.nodeId];
        emit UnbondingStarted(
            lockId,
            lock.nodeId,
            lock.owner,
            shares == 0,
            shares,
            lock.amount,
            lock.withdrawableAt,
            _shares[lock.nodeId][lock.owner],
            pool.selfStake,
            pool.delegatedStake,
            pool.totalShares,
            totalStaked,
            totalUnbonding
        );
    }

    /// @dev On the way in settlement is a must: skipping it would hand out rewards of a time without the stake.
    function _settle(uint32 nodeId, address delegator) private {
        if (address(rewardDistributor) != address(0)) rewardDistributor.beforeStakeChange(nodeId, delegator);
    }

    /// @dev On the way out a failing distributor is passed over: at worst the one who leaves forgoes unsettled rewards.
    /// The gas check keeps callers from making an honest distributor fail by starving it.
    function _trySettle(uint32 nodeId, address delegator) private {
        IRewardDistributor distributor = rewardDistributor;
        if (address(distributor) == address(0)) return;
        _requireHookGas();
        try distributor.beforeStakeChange{gas: HOOK_GAS}(nodeId, delegator) {}
        catch {
            emit RewardSettlementSkipped(nodeId, msg.sender);
        }
    }

    /// @dev Lets the node's weight follow its stake at once: unbonding stake earns nothing. Anyone can do it later.
    function _refreshWeight(uint32 nodeId) private {
        IRewardDistributor distributor = rewardDistributor;
        if (address(distributor) == address(0)) return;
        _requireHookGas();
        uint32[] memory nodeIds = new uint32[](1);
        nodeIds[0] = nodeId;
        try distributor.sync{gas: HOOK_GAS}(nodeIds) {}
        catch {
            emit RewardSettlementSkipped(nodeId, msg.sender);
        }
    }

    /// @dev A call receives at most 63/64 of what is left (EIP-150).
    function _requireHookGas() private view {
        uint256 required = (HOOK_GAS * 64) / 63 + 5_000;
        if (gasleft() < required) revert InsufficientGas(gasleft(), required);
    }
}
