// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {IReputationOracle} from "./interfaces/IReputationOracle.sol";
import {IScoreBatchVerifier} from "./interfaces/IVerifiers.sol";
import {ScoreVector} from "./lib/ScoreVector.sol";
import {Anchors} from "./reputation/Anchors.sol";
import {Epochs} from "./reputation/Epochs.sol";

/// @title Proven reputation scores of GPU nodes
/// @notice Scores change in `submitBatch` only, and there only by a proof. The proof shows that scores follow the published
/// formula from measurements signed by a quorum of reporters; it does not show that the measurements are true.
contract ReputationOracle is Anchors {
    /// @param authority OpenZeppelin AccessManager that guards reporters and methodology
    /// @param registry who has node ids
    /// @param verifier of score batches
    /// @param genesisTime start of epoch 0, seconds
    /// @param slotSeconds length of a round's slot
    /// @param slotsPerEpoch rounds of an epoch
    /// @param maxRoundBlocks blocks from a round's open block to its anchor, at most 255
    /// @param reportGrace seconds after an epoch's end in which all active reporters' reports are needed
    struct Config {
        address authority;
        INodeRegistry registry;
        IScoreBatchVerifier verifier;
        uint64 genesisTime;
        uint32 slotSeconds;
        uint32 slotsPerEpoch;
        uint32 maxRoundBlocks;
        uint32 reportGrace;
    }

    struct Batch {
        bool proven;
        uint64 epoch;
        uint64 observedAt;
        uint256 commitment;
        uint256[4] scoreWords;
    }

    /// @notice Consecutive node ids N that one proof covers.
    uint32 public constant NODES_PER_BATCH = 60;
    /// @notice PoseidonN("dpin/state/1", 30 zeros): the commitment of a batch never proven.
    uint256 public constant EMPTY_STATE_COMMITMENT =
        15951030291110775205496443111633034752064055999537480273660492679879378356448;

    /// @dev Order of the field over which BN254 is defined: coordinates of proof points.
    uint256 private constant BASE_FIELD =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint32 private constant SCORES_PER_WORD = 15;
    uint256 private constant SCORE_MASK = 0x3fff;

    INodeRegistry public immutable registry;
    IScoreBatchVerifier public immutable verifier;
    /// @notice Seconds after an epoch's end from which a quorum of reports suffices.
    uint32 public immutable reportGrace;

    mapping(uint32 batch => Batch) private _batches;

    /// @notice No node of the batch is registered.
    error UnknownBatch(uint32 batch);
    /// @notice The batch is proven up to `lastEpoch` already.
    error StaleEpoch(uint32 batch, uint64 epoch, uint64 lastEpoch);
    /// @notice Epochs between the last proven and this one may be skipped from `skippableAt` (seconds) on only.
    error EpochGap(uint32 batch, uint64 epoch, uint64 lastEpoch, uint256 skippableAt);
    /// @notice `presence` names a slot without an active reporter in the epoch.
    error ReporterNotActive(uint64 epoch, uint8 presence, uint8 active);
    /// @notice Reports of `required` reporters are needed now.
    error ReportsMissing(uint64 epoch, uint8 present, uint8 required);
    /// @notice The reporter anchored no evidence for the epoch.
    error UnknownEvidence(uint64 epoch, address reporter);
    /// @notice An element of the public vector, its commitment or a proof coordinate is not reduced.
    error NotInField();
    /// @notice The proof does not show this batch.
    error ProofRejected();
    /// @notice The node never had a score, or none it still deserves.
    error NodeUnrated(uint32 nodeId);
    error ScoreTooOld(uint32 nodeId, uint64 updatedAt, uint32 maxAge);

    constructor(Config memory config)
        AccessManaged(config.authority)
        Epochs(config.genesisTime, config.slotSeconds, config.slotsPerEpoch)
        Anchors(config.maxRoundBlocks)
    {
        if (config.authority.code.length == 0) revert BadConfiguration("authority is no contract");
        if (address(config.registry).code.length == 0) revert BadConfiguration("registry is no contract");
        if (address(config.verifier).code.length == 0) revert BadConfiguration("verifier is no contract");
        registry = config.registry;
        verifier = config.verifier;
        reportGrace = config.reportGrace;
    }

    /// @inheritdoc IReputationOracle
    /// @dev Replay protection is by batch and epoch; proof bytes are malleable and never a key.
    function submitBatch(BatchSubmission calldata submission) external {
        uint64 epoch = submission.epoch;
        uint256 endsAt = _pastEpochEnd(epoch);
        Batch storage batch = _batches[submission.batch];
        uint256 oldCommitment = _checkOrder(batch, submission.batch, epoch, endsAt);

        uint256[64] memory vector;
        vector[ScoreVector.EPOCH] = epoch;
        vector[ScoreVector.BATCH] = submission.batch;
        vector[ScoreVector.CHAIN_ID] = block.chainid;
        vector[ScoreVector.ORACLE] = uint160(address(this));
        vector[ScoreVector.OLD_COMMITMENT] = oldCommitment;
        vector[ScoreVector.NEW_COMMITMENT] = submission.newCommitment;
        _putRules(vector, epoch, submission.presence, endsAt);
        ScoreVector.putResults(vector, submission.scoreWords, submission.states);
        vector[ScoreVector.COMMITMENT] = submission.vectorCommitment;
        _requireProof(submission, vector);

        batch.proven = true;
        batch.epoch = epoch;
        batch.observedAt = uint64(endsAt);
        batch.commitment = submission.newCommitment;
        batch.scoreWords = submission.scoreWords;
        emit BatchProven(
            epoch,
            submission.batch,
            msg.sender,
            submission.presence,
            uint64(endsAt),
            oldCommitment,
            submission.newCommitment,
            submission.scoreWords,
            submission.states
        );
    }

    /// @notice Time after its end from which an unproven epoch may be skipped, seconds: two epochs.
    function skipGrace() public view returns (uint64) {
        return 2 * epochSeconds;
    }

    /// @inheritdoc IReputationOracle
    function getBatch(uint32 batch)
        external
        view
        returns (bool proven, uint64 epoch, uint64 observedAt, uint256 commitment, uint256[4] memory scoreWords)
    {
        Batch storage stored = _batches[batch];
        proven = stored.proven;
        epoch = stored.epoch;
        observedAt = stored.observedAt;
        commitment = proven ? stored.commitment : EMPTY_STATE_COMMITMENT;
        scoreWords = stored.scoreWords;
    }

    /// @inheritdoc IReputationOracle
    function scoreOf(uint32 nodeId) public view returns (uint16 scoreBps, uint8 status, uint64 updatedAt) {
        Batch storage batch = _batches[nodeId / NODES_PER_BATCH];
        uint256 index = nodeId % NODES_PER_BATCH;
        uint256 entry = batch.scoreWords[index / SCORES_PER_WORD] >> (16 * (index % SCORES_PER_WORD));
        scoreBps = uint16(entry & SCORE_MASK);
        status = uint8((entry >> 14) & 3);
        updatedAt = batch.observedAt;
    }

    /// @inheritdoc IReputationOracle
    function scoreNoOlderThan(uint32 nodeId, uint32 maxAge) external view returns (uint16 scoreBps, uint8 status) {
        uint64 updatedAt;
        (scoreBps, status, updatedAt) = scoreOf(nodeId);
        if (status == 0) revert NodeUnrated(nodeId);
        if (block.timestamp - updatedAt > maxAge) revert ScoreTooOld(nodeId, updatedAt, maxAge);
    }

    /// @inheritdoc IReputationOracle
    function meets(uint32 nodeId, uint16 minScoreBps, uint32 maxAge) external view returns (bool) {
        (uint16 scoreBps, uint8 status, uint64 updatedAt) = scoreOf(nodeId);
        return status != 0 && scoreBps >= minScoreBps && block.timestamp - updatedAt <= maxAge;
    }

    /// @dev Whether this epoch may come next for the batch; answers with the commitment it has to start from.
    function _checkOrder(Batch storage batch, uint32 batchId, uint64 epoch, uint256 endsAt)
        private
        view
        returns (uint256 oldCommitment)
    {
        if (!batch.proven) {
            if (uint256(batchId) * NODES_PER_BATCH >= registry.nodeCount()) revert UnknownBatch(batchId);
            return EMPTY_STATE_COMMITMENT;
        }
        uint64 lastEpoch = batch.epoch;
        if (epoch <= lastEpoch) revert StaleEpoch(batchId, epoch, lastEpoch);
        if (epoch != lastEpoch + 1) {
            // The last skipped epoch ended where this one began.
            uint256 skippableAt = endsAt - epochSeconds + skipGrace() + 1;
            if (block.timestamp < skippableAt) revert EpochGap(batchId, epoch, lastEpoch, skippableAt);
        }
        return batch.commitment;
    }

    /// @dev Writes what holds for the epoch (methodology, keys, evidence) and checks that enough reporters are present.
    function _putRules(uint256[64] memory vector, uint64 epoch, uint8 presence, uint256 endsAt) private view {
        (bytes32 methodologyHash, Parameters memory parameters) = methodologyOf(epoch);
        ScoreVector.putHash(vector, ScoreVector.METHODOLOGY, methodologyHash);
        vector[ScoreVector.LAMBDA] = parameters.lambda;
        vector[ScoreVector.ETA] = parameters.eta;
        vector[ScoreVector.FAIL_WEIGHT] = parameters.failWeight;
        vector[ScoreVector.PRIOR_WEIGHT] = parameters.priorWeight;
        vector[ScoreVector.QUORUM] = parameters.quorum;
        vector[ScoreVector.MAX_IDLE] = parameters.maxIdle;
        vector[ScoreVector.ESTABLISHED_AT] = parameters.establishedAt;
        vector[ScoreVector.PRESENCE] = presence;

        (uint8 activeMask, uint8 activeCount, uint8 presentCount) = _putReporters(vector, epoch, presence);
        if (presence & ~activeMask != 0) revert ReporterNotActive(epoch, presence, activeMask);
        uint8 required = parameters.quorum;
        // A prover who could pick early would choose among honest reports.
        if (block.timestamp < endsAt + reportGrace && activeCount > required) required = activeCount;
        if (presentCount < required) revert ReportsMissing(epoch, presentCount, required);
    }

    /// @dev Writes the keys of all reporters active in the epoch and the evidence of those present.
    function _putReporters(uint256[64] memory vector, uint64 epoch, uint8 presence)
        private
        view
        returns (uint8 activeMask, uint8 activeCount, uint8 presentCount)
    {
        uint64[REPORTER_SLOTS] memory termCounts = _termCountsOfSlots();
        for (uint8 slot = 0; slot < REPORTER_SLOTS; slot++) {
            (bool active, Term storage term) = _activeTerm(slot, termCounts[slot], epoch);
            if (!active) continue;
            uint8 bit = uint8(1 << slot);
            activeMask |= bit;
            activeCount++;
            vector[ScoreVector.KEYS + 2 * slot] = term.keyX;
            vector[ScoreVector.KEYS + 2 * slot + 1] = term.keyY;
            if (presence & bit == 0) continue;
            presentCount++;
            (bool anchored, bytes32 root) = _anchoredEvidence(epoch, term.reporter);
            if (!anchored) revert UnknownEvidence(epoch, term.reporter);
            ScoreVector.putHash(vector, ScoreVector.EVIDENCE + 2 * slot, root);
        }
    }

    function _requireProof(BatchSubmission calldata submission, uint256[64] memory vector) private view {
        (bool inField, uint256 z, uint256 y) = ScoreVector.evaluate(vector);
        if (!inField || !_isReduced(submission)) revert NotInField();
        uint256[3] memory publicSignals = [submission.vectorCommitment, z, y];
        if (!verifier.verifyProof(submission.proofA, submission.proofB, submission.proofC, publicSignals)) {
            revert ProofRejected();
        }
    }

    function _isReduced(BatchSubmission calldata submission) private pure returns (bool) {
        return submission.proofA[0] < BASE_FIELD && submission.proofA[1] < BASE_FIELD
            && submission.proofB[0][0] < BASE_FIELD && submission.proofB[0][1] < BASE_FIELD
            && submission.proofB[1][0] < BASE_FIELD && submission.proofB[1][1] < BASE_FIELD
            && submission.proofC[0] < BASE_FIELD && submission.proofC[1] < BASE_FIELD;
    }
}
