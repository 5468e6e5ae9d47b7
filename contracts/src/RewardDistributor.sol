// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {INodeStaking} from "./interfaces/INodeStaking.sol";
import {IReputationOracle} from "./interfaces/IReputationOracle.sol";
import {IRewardDistributor} from "./interfaces/IRewardDistributor.sol";

/// @title Emission of rewards to nodes and their delegators
/// @notice Streams DPN over nodes by weight = min(self + delegated stake, cap) x score x class weight. A node's stream
/// is split by stake between operator and delegators; the operator takes the commission out of the delegators' part.
/// @dev Two nested accumulators: reward per weight over all nodes, reward per share inside a node. Both round down;
/// what rounding leaves stays in the contract. Weights are as of a node's last sync, which NodeStaking asks for after
/// every stake change and anyone may ask for after a new score.
/// Whatever claimable rewards are computed from changes only where an event tells it, so that who follows the events
/// knows them to the last wei: the stored reward per weight with WeightUpdated or EmissionSet, a node's account with
/// RewardAccrued or WeightUpdated, a delegator's with DelegatorSettled or RewardClaimed.
///
/// Invariants
/// 1. All claims so far + all claimable rewards <= all funding so far.
/// 2. totalWeight = sum of the nodes' weights.
/// 3. Time with zero total weight hands out nothing: the stream is prolonged by as much once there is weight again.
contract RewardDistributor is IRewardDistributor, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct NodeAccount {
        uint256 weight;
        uint256 rewardPerWeightPaid;
        uint256 rewardPerShare;
        uint256 accruedTotal;
        uint256 operatorPending;
        uint256 operatorClaimed;
    }

    struct DelegatorAccount {
        uint256 rewardPerSharePaid;
        uint256 pending;
        uint256 claimed;
    }

    /// @dev How one settlement of a node divides: amount = operatorAmount + delegatorsAmount + unassigned.
    struct Split {
        uint256 amount;
        uint256 operatorAmount;
        uint256 commission;
        uint256 delegatorsAmount;
        uint256 unassigned;
        uint256 rewardPerShareGain;
    }

    /// @notice Number of hardware classes.
    uint8 public constant CLASSES = 4;
    /// @dev Scale of both accumulators. Supply 2.1e26 x 1e18 / weight 1, times weight 2.1e26, stays below 2^256.
    uint256 private constant SCALE = 1e18;
    uint256 private constant BPS = 10_000;

    /// @notice The token handed out, DPN.
    IERC20 public immutable token;
    /// @notice Where nodes are registered.
    INodeRegistry public immutable registry;
    /// @notice Whose stake counts.
    INodeStaking public immutable staking;
    /// @notice Whose scores count.
    IReputationOracle public immutable oracle;

    /// @notice Most DPN wei of a node's stake that counts.
    uint256 public stakeCap;
    /// @inheritdoc IRewardDistributor
    uint256 public ratePerSecond;
    /// @notice When the stream ends, seconds.
    uint64 public endsAt;
    /// @notice DPN wei ever funded.
    uint256 public funded;
    /// @notice DPN wei that waited while no node had weight, and what did not divide into a whole rate.
    uint256 public undistributed;
    /// @inheritdoc IRewardDistributor
    uint256 public totalWeight;
    /// @notice Weight of each hardware class, 1/10000.
    mapping(uint8 hardwareClass => uint16) public classWeightBps;

    /// @dev As of the last checkpoint.
    uint256 private _rewardPerWeight;
    /// @dev Time of the last checkpoint, seconds.
    uint64 private _checkpointAt;
    mapping(uint32 nodeId => NodeAccount) private _nodes;
    mapping(uint32 nodeId => mapping(address delegator => DelegatorAccount)) private _delegators;

    /// @notice A contract address or parameter must not be zero.
    error ZeroParameter();
    /// @notice The amount does not make one wei a second, or the duration is zero.
    error EmissionTooSmall(uint256 amount, uint64 durationSeconds);
    /// @notice There is no such hardware class.
    error UnknownClass(uint8 hardwareClass);
    /// @notice A class weight is at most 10000.
    error ClassWeightTooHigh(uint16 weightBps);
    /// @notice The development class earns nothing on a public network.
    error DevelopmentClassHasNoWeight(uint256 chainId);
    /// @notice Only NodeStaking may call.
    error NotStaking(address caller);
    /// @notice Only the node's operator or reward recipient may do this.
    error NotOperator(uint32 nodeId, address caller);

    /// @param authority AccessManager that guards the parameters
    /// @param token_ DPN
    /// @param registry_ NodeRegistry
    /// @param staking_ NodeStaking
    /// @param oracle_ ReputationOracle
    /// @param stakeCap_ most DPN wei of a node's stake that counts
    constructor(
        address authority,
        IERC20 token_,
        INodeRegistry registry_,
        INodeStaking staking_,
        IReputationOracle oracle_,
        uint256 stakeCap_
    ) AccessManaged(authority) {
        if (
            address(token_) == address(0) || address(registry_) == address(0) || address(staking_) == address(0)
                || address(oracle_) == address(0)
        ) revert ZeroParameter();
        token = token_;
        registry = registry_;
        staking = staking_;
        oracle = oracle_;
        _checkpointAt = uint64(block.timestamp);
        _setStakeCap(stakeCap_);
    }

    /// @notice Adds funds and streams them, with what is left of the running stream, over a new duration; by the governor.
    /// @param amount DPN wei, approved by the caller
    /// @param durationSeconds length of the stream from now on
    function fundEmission(uint256 amount, uint64 durationSeconds) external restricted nonReentrant {
        if (durationSeconds == 0) revert EmissionTooSmall(amount, durationSeconds);
        _checkpoint();
        uint256 remaining = endsAt > block.timestamp ? ratePerSecond * (endsAt - block.timestamp) : 0;
        uint256 available = amount + remaining + undistributed;
        uint256 rate = available / durationSeconds;
        if (rate == 0) revert EmissionTooSmall(amount, durationSeconds);

        ratePerSecond = rate;
        endsAt = uint64(block.timestamp) + durationSeconds;
        undistributed = available - rate * durationSeconds;
        funded += amount;
        emit EmissionSet(rate, endsAt, funded, undistributed);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice Sets a class's weight; by the governor. Nodes of the class follow at their next sync.
    function setClassWeight(uint8 hardwareClass, uint16 weightBps) external restricted {
        if (hardwareClass >= CLASSES) revert UnknownClass(hardwareClass);
        if (weightBps > BPS) revert ClassWeightTooHigh(weightBps);
        bool isPublic = block.chainid == 56 || block.chainid == 97;
        if (hardwareClass == 0 && weightBps != 0 && isPublic) revert DevelopmentClassHasNoWeight(block.chainid);
        classWeightBps[hardwareClass] = weightBps;
        emit ClassWeightSet(hardwareClass, weightBps);
    }

    /// @notice Sets how much of a node's stake counts; by the governor. Nodes follow at their next sync.
    function setStakeCap(uint256 stakeCap_) external restricted {
        _setStakeCap(stakeCap_);
    }

    /// @inheritdoc IRewardDistributor
    /// @dev The list is the caller's own: one bad id reverts the call and costs nobody else anything.
    function sync(uint32[] calldata nodeIds) external nonReentrant {
        // Without a node no event would tell the checkpoint.
        if (nodeIds.length == 0) return;
        _checkpoint();
        for (uint256 i = 0; i < nodeIds.length; i++) {
            _sync(nodeIds[i]);
        }
        _resume();
    }

    /// @notice Pays the caller what it has earned as a delegator of the node.
    /// @return amount DPN wei paid; 0 when there is nothing, without an event
    function claim(uint32 nodeId) external nonReentrant returns (uint256 amount) {
        _settleNode(nodeId, _rewardPerWeightNow());
        amount = _pendingOf(nodeId, msg.sender, _nodes[nodeId].rewardPerShare);
        if (amount == 0) return 0;
        _settleDelegator(nodeId, msg.sender);
        DelegatorAccount storage account = _delegators[nodeId][msg.sender];
        account.pending = 0;
        account.claimed += amount;
        emit RewardClaimed(nodeId, msg.sender, msg.sender, false, amount, account.claimed);
        token.safeTransfer(msg.sender, amount);
    }

    /// @notice Pays the node's own reward to its reward recipient; by the operator or that recipient, also once retired.
    /// @return amount DPN wei paid; 0 when there is nothing, without an event
    function claimOperator(uint32 nodeId) external nonReentrant returns (uint256 amount) {
        INodeRegistry.Node memory node = registry.getNode(nodeId);
        if (msg.sender != node.operator && msg.sender != node.rewardRecipient) revert NotOperator(nodeId, msg.sender);
        _settleNode(nodeId, _rewardPerWeightNow());
        NodeAccount storage account = _nodes[nodeId];
        amount = account.operatorPending;
        if (amount == 0) return 0;
        account.operatorPending = 0;
        account.operatorClaimed += amount;
        emit RewardClaimed(nodeId, node.operator, node.rewardRecipient, true, amount, account.operatorClaimed);
        token.safeTransfer(node.rewardRecipient, amount);
    }

    /// @inheritdoc IRewardDistributor
    /// @dev delegator is zero when no delegator's shares change.
    function beforeStakeChange(uint32 nodeId, address delegator) external {
        if (msg.sender != address(staking)) revert NotStaking(msg.sender);
        _settleNode(nodeId, _rewardPerWeightNow());
        if (delegator != address(0)) _settleDelegator(nodeId, delegator);
    }

    /// @notice What {claim} would pay a delegator now, DPN wei.
    function pendingOf(uint32 nodeId, address delegator) external view returns (uint256) {
        uint256 gain = _split(nodeId, _rewardPerWeightNow()).rewardPerShareGain;
        return _pendingOf(nodeId, delegator, _nodes[nodeId].rewardPerShare + gain);
    }

    /// @notice What {claimOperator} would pay now, DPN wei.
    function pendingOperator(uint32 nodeId) external view returns (uint256) {
        return _nodes[nodeId].operatorPending + _split(nodeId, _rewardPerWeightNow()).operatorAmount;
    }

    /// @notice Weight of a node as of its last sync.
    function weightOf(uint32 nodeId) external view returns (uint256) {
        return _nodes[nodeId].weight;
    }

    /// @notice DPN wei a node, with its delegators, has accrued up to its last settlement.
    function accruedOf(uint32 nodeId) external view returns (uint256) {
        return _nodes[nodeId].accruedTotal;
    }

    function _setStakeCap(uint256 stakeCap_) private {
        if (stakeCap_ == 0) revert ZeroParameter();
        stakeCap = stakeCap_;
        emit StakeCapSet(stakeCap_);
    }

    /// @dev DPN wei streamed since the checkpoint.
    function _streamed() private view returns (uint256) {
        uint256 until = Math.min(block.timestamp, endsAt);
        return until > _checkpointAt ? ratePerSecond * (until - _checkpointAt) : 0;
    }

    function _rewardPerWeightNow() private view returns (uint256) {
        if (totalWeight == 0) return _rewardPerWeight;
        return _rewardPerWeight + Math.mulDiv(_streamed(), SCALE, totalWeight);
    }

    /// @dev Only for calls that then emit WeightUpdated or EmissionSet; all others settle with _rewardPerWeightNow.
    function _checkpoint() private {
        if (totalWeight == 0) undistributed += _streamed();
        else _rewardPerWeight = _rewardPerWeightNow();
        _checkpointAt = uint64(block.timestamp);
    }

    /// @dev With weight again, what waited is streamed at the same rate by prolonging the stream.
    function _resume() private {
        if (totalWeight == 0 || ratePerSecond == 0) return;
        uint256 extraSeconds = undistributed / ratePerSecond;
        if (extraSeconds == 0) return;
        endsAt = uint64(Math.max(endsAt, block.timestamp) + extraSeconds);
        undistributed -= extraSeconds * ratePerSecond;
        emit EmissionSet(ratePerSecond, endsAt, funded, undistributed);
    }

    /// @dev Divides what a node has earned since its last settlement, with its stake as it is now.
    function _split(uint32 nodeId, uint256 rewardPerWeight) private view returns (Split memory split) {
        NodeAccount storage node = _nodes[nodeId];
        if (node.weight == 0) return split;
        split.amount = Math.mulDiv(node.weight, rewardPerWeight - node.rewardPerWeightPaid, SCALE);
        if (split.amount == 0) return split;

        INodeStaking.Pool memory pool = staking.getPool(nodeId);
        uint256 delegated = pool.totalShares == 0 ? 0 : pool.delegatedStake;
        uint256 stake = pool.selfStake + delegated;
        if (stake == 0) {
            // Only after a settlement was skipped: nobody holds stake that could have earned this.
            split.unassigned = split.amount;
            return split;
        }
        uint256 gross = Math.mulDiv(split.amount, delegated, stake);
        split.commission = (gross * pool.commissionBps) / BPS;
        split.delegatorsAmount = gross - split.commission;
        split.operatorAmount = split.amount - split.delegatorsAmount;
        if (split.delegatorsAmount != 0) {
            split.rewardPerShareGain = Math.mulDiv(split.delegatorsAmount, SCALE, pool.totalShares);
        }
    }

    /// @dev An amount that rounds to zero is left to grow. What nobody is there to earn goes back to the stream, and the
    /// event then has zero amounts.
    function _settleNode(uint32 nodeId, uint256 rewardPerWeight) private {
        Split memory split = _split(nodeId, rewardPerWeight);
        if (split.amount == 0) return;
        uint256 assigned = split.amount - split.unassigned;
        if (split.unassigned != 0) undistributed += split.unassigned;
        NodeAccount storage node = _nodes[nodeId];
        node.rewardPerWeightPaid = rewardPerWeight;
        node.rewardPerShare += split.rewardPerShareGain;
        node.operatorPending += split.operatorAmount;
        node.accruedTotal += assigned;
        emit RewardAccrued(
            nodeId, assigned, split.operatorAmount, split.commission, split.delegatorsAmount, node.accruedTotal
        );
    }

    /// @dev What a delegator can claim once the node's reward per share is as given.
    function _pendingOf(uint32 nodeId, address delegator, uint256 rewardPerShare) private view returns (uint256) {
        DelegatorAccount storage account = _delegators[nodeId][delegator];
        uint256 shares = staking.sharesOf(nodeId, delegator);
        return account.pending + Math.mulDiv(shares, rewardPerShare - account.rewardPerSharePaid, SCALE);
    }

    /// @dev Needs _settleNode first, and runs before the delegator's shares change.
    function _settleDelegator(uint32 nodeId, address delegator) private {
        DelegatorAccount storage account = _delegators[nodeId][delegator];
        uint256 rewardPerShare = _nodes[nodeId].rewardPerShare;
        if (account.rewardPerSharePaid == rewardPerShare) return;
        account.pending = _pendingOf(nodeId, delegator, rewardPerShare);
        account.rewardPerSharePaid = rewardPerShare;
        emit DelegatorSettled(nodeId, delegator, account.pending, rewardPerShare);
    }

    /// @dev Needs _checkpoint first. Only eligible nodes have weight; a node without a proven score has score 0.
    function _sync(uint32 nodeId) private {
        _settleNode(nodeId, _rewardPerWeight);
        uint8 hardwareClass = registry.getNode(nodeId).hardwareClass;
        uint256 cappedStake;
        uint16 scoreBps;
        if (staking.isEligible(nodeId)) {
            INodeStaking.Pool memory pool = staking.getPool(nodeId);
            cappedStake = Math.min(pool.selfStake + pool.delegatedStake, stakeCap);
            (scoreBps,,) = oracle.scoreOf(nodeId);
        }
        uint16 classWeight = classWeightBps[hardwareClass];
        uint256 weight = (cappedStake * scoreBps * classWeight) / (BPS * BPS);

        NodeAccount storage node = _nodes[nodeId];
        totalWeight = totalWeight - node.weight + weight;
        node.weight = weight;
        node.rewardPerWeightPaid = _rewardPerWeight;
        emit WeightUpdated(nodeId, cappedStake, scoreBps, classWeight, weight, totalWeight);
    }
}
