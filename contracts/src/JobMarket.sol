// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IJobMarket} from "./interfaces/IJobMarket.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {INodeStaking} from "./interfaces/INodeStaking.sol";
import {IReputationOracle} from "./interfaces/IReputationOracle.sol";

/// @title Market of GPU jobs
/// @notice A client escrows DPN for a job of equal shards. A certified node of the right class and score claims a
/// shard, submits a result hash by the deadline and is paid on acceptance, or when the client stays silent for the
/// acceptance window. Shards not submitted by the deadline are refunded.
/// @dev Every shard is handled on its own, so no transaction grows with a job. The token must move exactly the
/// amount asked for (no transfer fee).
///
/// Invariants
/// 1. escrowed = sum over jobs not cancelled of pricePerShard x (shardCount - settledShards); token balance >= escrowed.
/// 2. Every shard's price leaves the market once: to a node and the treasury, or back to the client.
contract JobMarket is IJobMarket, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev feeBps is the fee in force when the job was posted: a later change does not reach it.
    struct Progress {
        uint16 claimedShards;
        uint16 acceptedShards;
        uint16 feeBps;
    }

    /// @notice Number of hardware classes.
    uint8 public constant CLASSES = 4;
    /// @notice Most that the fee may be, 1/10000.
    uint16 public constant MAX_FEE_BPS = 2_000;
    /// @notice Longest time from posting to the deadline, seconds.
    uint64 public constant MAX_DURATION = 365 days;
    uint16 private constant BPS = 10_000;

    /// @notice The token jobs are paid in, DPN.
    IERC20 public immutable token;
    /// @notice Where nodes are registered.
    INodeRegistry public immutable registry;
    /// @notice Says which nodes are certified.
    INodeStaking public immutable staking;
    /// @notice Says which nodes meet a score.
    IReputationOracle public immutable oracle;
    /// @notice Seconds a client has to accept before anyone may do it.
    uint64 public immutable acceptWindow;

    /// @notice Receives the fees.
    address public treasury;
    /// @notice Part of a shard's price that goes to the treasury, for jobs posted from now on, 1/10000.
    uint16 public feeBps;
    /// @inheritdoc IJobMarket
    uint256 public escrowed;

    Job[] private _jobs;
    mapping(uint256 jobId => Progress) private _progress;
    mapping(uint256 jobId => mapping(uint16 shard => Shard)) private _shards;

    /// @notice A contract address or the treasury must not be zero.
    error ZeroAddress();
    /// @notice A job needs at least one shard and a price above zero.
    error EmptyJob();
    /// @notice There is no such hardware class.
    error UnknownClass(uint8 hardwareClass);
    /// @notice A score is at most 10000.
    error ScoreOutOfRange(uint16 minScoreBps);
    /// @notice The deadline lies in the past or too far ahead.
    error DeadlineOutOfRange(uint64 deadline);
    /// @notice The fee is above MAX_FEE_BPS.
    error FeeTooHigh(uint16 feeBps);
    /// @notice No job has this id.
    error UnknownJob(uint256 jobId);
    /// @notice The job has no such shard.
    error UnknownShard(uint256 jobId, uint16 shard);
    /// @notice The client took the job back.
    error JobWasCancelled(uint256 jobId);
    /// @notice The shard is in another state than this needs.
    error WrongShardState(uint256 jobId, uint16 shard, ShardState state);
    /// @notice The deadline is over.
    error DeadlinePassed(uint64 deadline);
    /// @notice The deadline or acceptance window is still running.
    error TooEarly(uint64 until);
    /// @notice Only the node's operator or worker key may do this.
    error NotNodeKey(uint32 nodeId, address caller);
    /// @notice Only the job's client may do this.
    error NotClient(uint256 jobId, address caller);
    /// @notice The node is not certified, or retired.
    error NodeNotEligible(uint32 nodeId);
    /// @notice The node is of another hardware class.
    error WrongClass(uint32 nodeId, uint8 hardwareClass);
    /// @notice The node's score is too low, too old or absent.
    error ScoreNotMet(uint32 nodeId, uint16 minScoreBps, uint32 maxScoreAge);
    /// @notice A result hash must not be zero.
    error ZeroResult();
    /// @notice A shard was claimed already: only its expiry returns money now.
    error ShardsClaimed(uint256 jobId);

    /// @param authority AccessManager that guards the fee
    /// @param token_ DPN
    /// @param registry_ NodeRegistry
    /// @param staking_ NodeStaking
    /// @param oracle_ ReputationOracle
    /// @param treasury_ receives the fees
    /// @param feeBps_ fee, 1/10000
    /// @param acceptWindow_ seconds a client has to accept
    constructor(
        address authority,
        IERC20 token_,
        INodeRegistry registry_,
        INodeStaking staking_,
        IReputationOracle oracle_,
        address treasury_,
        uint16 feeBps_,
        uint64 acceptWindow_
    ) AccessManaged(authority) {
        if (
            address(token_) == address(0) || address(registry_) == address(0) || address(staking_) == address(0)
                || address(oracle_) == address(0)
        ) revert ZeroAddress();
        token = token_;
        registry = registry_;
        staking = staking_;
        oracle = oracle_;
        acceptWindow = acceptWindow_;
        _setFee(feeBps_, treasury_);
    }

    /// @notice Sets fee and treasury; by the governor. Jobs already posted keep their fee.
    function setFee(uint16 feeBps_, address treasury_) external restricted {
        _setFee(feeBps_, treasury_);
    }

    /// @notice Posts a job and escrows pricePerShard x shardCount, which the caller must have approved.
    /// @param hardwareClass class a node must have
    /// @param shardCount number of equal shards
    /// @param pricePerShard DPN wei, fee included
    /// @param minScoreBps score a node must have, 0 for none
    /// @param maxScoreAge seconds such a score may be old
    /// @param deadline last second for submitting
    /// @param specHash hash of what is to be done
    /// @return jobId dense id from 0
    function postJob(
        uint8 hardwareClass,
        uint16 shardCount,
        uint256 pricePerShard,
        uint16 minScoreBps,
        uint32 maxScoreAge,
        uint64 deadline,
        bytes32 specHash
    ) external nonReentrant returns (uint256 jobId) {
        if (shardCount == 0 || pricePerShard == 0) revert EmptyJob();
        if (hardwareClass >= CLASSES) revert UnknownClass(hardwareClass);
        if (minScoreBps > BPS) revert ScoreOutOfRange(minScoreBps);
        if (deadline <= block.timestamp || deadline > block.timestamp + MAX_DURATION) {
            revert DeadlineOutOfRange(deadline);
        }

        jobId = _jobs.length;
        Job storage job = _jobs.push();
        job.client = msg.sender;
        job.hardwareClass = hardwareClass;
        job.shardCount = shardCount;
        job.minScoreBps = minScoreBps;
        job.maxScoreAge = maxScoreAge;
        job.deadline = deadline;
        job.pricePerShard = pricePerShard;
        job.specHash = specHash;
        _progress[jobId].feeBps = feeBps;
        escrowed += pricePerShard * shardCount;
        emit JobPosted(
            jobId,
            msg.sender,
            hardwareClass,
            shardCount,
            pricePerShard,
            minScoreBps,
            maxScoreAge,
            deadline,
            specHash,
            escrowed
        );
        token.safeTransferFrom(msg.sender, address(this), pricePerShard * shardCount);
    }

    /// @inheritdoc IJobMarket
    function claimShard(uint256 jobId, uint16 shard, uint32 nodeId) external {
        Job storage job = _job(jobId);
        if (job.cancelled) revert JobWasCancelled(jobId);
        if (block.timestamp > job.deadline) revert DeadlinePassed(job.deadline);
        Shard storage state = _shardIn(jobId, shard, ShardState.Open);

        INodeRegistry.Node memory node = _nodeOfCaller(nodeId);
        if (node.hardwareClass != job.hardwareClass) revert WrongClass(nodeId, node.hardwareClass);
        if (!staking.isEligible(nodeId)) revert NodeNotEligible(nodeId);
        if (job.minScoreBps != 0 && !oracle.meets(nodeId, job.minScoreBps, job.maxScoreAge)) {
            revert ScoreNotMet(nodeId, job.minScoreBps, job.maxScoreAge);
        }

        state.state = ShardState.Claimed;
        state.nodeId = nodeId;
        state.claimedAt = uint64(block.timestamp);
        _progress[jobId].claimedShards++;
        emit ShardClaimed(jobId, shard, nodeId);
    }

    /// @notice Submits the result of a claimed shard by the deadline; by the node's operator or worker key.
    /// @param resultHash hash of what was delivered to the client, not zero
    function submitShard(uint256 jobId, uint16 shard, bytes32 resultHash) external {
        Job storage job = _job(jobId);
        Shard storage state = _shardIn(jobId, shard, ShardState.Claimed);
        _nodeOfCaller(state.nodeId);
        if (block.timestamp > job.deadline) revert DeadlinePassed(job.deadline);
        if (resultHash == bytes32(0)) revert ZeroResult();

        state.state = ShardState.Submitted;
        state.submittedAt = uint64(block.timestamp);
        state.resultHash = resultHash;
        emit ShardSubmitted(jobId, shard, state.nodeId, resultHash, state.submittedAt + acceptWindow);
    }

    /// @notice Accepts a submitted shard and pays the node; by the client.
    function acceptShard(uint256 jobId, uint16 shard) external nonReentrant {
        Job storage job = _job(jobId);
        if (msg.sender != job.client) revert NotClient(jobId, msg.sender);
        Shard storage state = _shardIn(jobId, shard, ShardState.Submitted);
        _accept(jobId, shard, job, state, false);
    }

    /// @notice Accepts a submitted shard after the window in which the client said nothing; by anyone.
    function autoAcceptShard(uint256 jobId, uint16 shard) external nonReentrant {
        Job storage job = _job(jobId);
        Shard storage state = _shardIn(jobId, shard, ShardState.Submitted);
        uint64 acceptAt = state.submittedAt + acceptWindow;
        if (block.timestamp < acceptAt) revert TooEarly(acceptAt);
        _accept(jobId, shard, job, state, true);
    }

    /// @notice Refunds a shard that was not submitted by the deadline; by anyone.
    function expireShard(uint256 jobId, uint16 shard) external nonReentrant {
        Job storage job = _job(jobId);
        if (job.cancelled) revert JobWasCancelled(jobId);
        if (block.timestamp <= job.deadline) revert TooEarly(job.deadline);
        Shard storage state = _shard(jobId, shard);
        ShardState before = state.state;
        if (before != ShardState.Open && before != ShardState.Claimed) revert WrongShardState(jobId, shard, before);

        state.state = ShardState.Expired;
        escrowed -= job.pricePerShard;
        emit ShardExpired(jobId, shard, state.nodeId, before == ShardState.Claimed, job.pricePerShard, escrowed);
        _count(jobId, job);
        token.safeTransfer(job.client, job.pricePerShard);
    }

    /// @notice Takes the job back and refunds every shard not expired before; by the client, while none was ever claimed.
    function cancelJob(uint256 jobId) external nonReentrant {
        Job storage job = _job(jobId);
        if (msg.sender != job.client) revert NotClient(jobId, msg.sender);
        if (job.cancelled) revert JobWasCancelled(jobId);
        if (_progress[jobId].claimedShards != 0) revert ShardsClaimed(jobId);
        uint256 refund = job.pricePerShard * (job.shardCount - job.settledShards);
        // Every shard expired: the job is over, there is nothing to take back.
        if (refund == 0) revert EmptyJob();

        job.cancelled = true;
        escrowed -= refund;
        emit JobCancelled(jobId, refund, escrowed);
        token.safeTransfer(msg.sender, refund);
    }

    /// @notice Number of jobs ever posted; ids are 0..jobCount-1.
    function jobCount() external view returns (uint256) {
        return _jobs.length;
    }

    /// @notice One job; reverts with UnknownJob for an id not given out.
    function getJob(uint256 jobId) external view returns (Job memory) {
        return _job(jobId);
    }

    /// @notice One shard; Open while nobody claimed it. Shards of a cancelled job stay Open.
    function getShard(uint256 jobId, uint16 shard) external view returns (Shard memory) {
        return _shard(jobId, shard);
    }

    function _setFee(uint16 feeBps_, address treasury_) private {
        if (feeBps_ > MAX_FEE_BPS) revert FeeTooHigh(feeBps_);
        if (treasury_ == address(0)) revert ZeroAddress();
        feeBps = feeBps_;
        treasury = treasury_;
        emit FeeSet(feeBps_, treasury_);
    }

    function _job(uint256 jobId) private view returns (Job storage) {
        if (jobId >= _jobs.length) revert UnknownJob(jobId);
        return _jobs[jobId];
    }

    function _shard(uint256 jobId, uint16 shard) private view returns (Shard storage) {
        if (shard >= _job(jobId).shardCount) revert UnknownShard(jobId, shard);
        return _shards[jobId][shard];
    }

    function _shardIn(uint256 jobId, uint16 shard, ShardState expected) private view returns (Shard storage state) {
        state = _shard(jobId, shard);
        if (state.state != expected) revert WrongShardState(jobId, shard, state.state);
    }

    function _nodeOfCaller(uint32 nodeId) private view returns (INodeRegistry.Node memory node) {
        node = registry.getNode(nodeId);
        if (msg.sender != node.operator && msg.sender != node.workerKey) revert NotNodeKey(nodeId, msg.sender);
    }

    function _accept(uint256 jobId, uint16 shard, Job storage job, Shard storage state, bool automatic) private {
        uint32 nodeId = state.nodeId;
        state.state = ShardState.Accepted;
        _progress[jobId].acceptedShards++;
        uint256 price = job.pricePerShard;
        uint256 fee = (price * _progress[jobId].feeBps) / BPS;
        escrowed -= price;
        address recipient = registry.getNode(nodeId).rewardRecipient;

        emit ShardAccepted(jobId, shard, nodeId, automatic);
        emit PaymentReleased(jobId, shard, nodeId, recipient, price - fee, fee, escrowed);
        _count(jobId, job);
        token.safeTransfer(recipient, price - fee);
        if (fee != 0) token.safeTransfer(treasury, fee);
    }

    /// @dev One more shard is settled; the last one completes the job.
    function _count(uint256 jobId, Job storage job) private {
        uint16 settled = ++job.settledShards;
        if (settled != job.shardCount) return;
        uint16 accepted = _progress[jobId].acceptedShards;
        emit JobCompleted(jobId, accepted, settled - accepted);
    }
}
