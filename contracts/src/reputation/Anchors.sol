// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "../interfaces/IReputationOracle.sol";
import {ReporterSet} from "./ReporterSet.sol";

/// @title Anchors of rounds and of evidence
/// @notice What a reporter saw is fixed on-chain before anybody can know the coins, and never changes (protocol sections 2 and 7).
abstract contract Anchors is ReporterSet {
    /// @dev The reporter of a round follows from the reporter set and is not stored.
    struct Anchor {
        uint64 anchorBlock;
        uint64 openBlock;
        uint32 count;
        bytes32 root;
        bytes32 coinHash;
        bytes32 openBlockHash;
        bytes32 anchorBlockHash;
    }

    struct Evidence {
        bytes32 root;
        bytes32 measurementsHash;
    }

    /// @dev EIP-2935: keeps the last 8,191 block hashes where a chain has it.
    address private constant HISTORY_STORAGE = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @notice Commitments under one root, at most: a path to a leaf has at most 24 hashes, and every reader's integer holds it.
    uint32 public constant MAX_COMMITMENTS = 2 ** 24;
    /// @notice Blocks an anchor may come after its round's open block, at most.
    uint32 public immutable maxRoundBlocks;

    mapping(uint64 round => Anchor) private _anchors;
    mapping(uint64 epoch => mapping(address reporter => Evidence)) private _evidence;

    /// @notice The round's slot is not now.
    error NotInRoundSlot(uint64 round);
    /// @notice The round belongs to another reporter, or to none.
    error NotRoundReporter(uint64 round, address reporter);
    error RoundAlreadyAnchored(uint64 round);
    /// @notice More than MAX_COMMITMENTS.
    error TooManyCommitments(uint32 count);
    error RoundNotAnchored(uint64 round);
    /// @notice The open block is not one of the last `maxRoundBlocks` blocks.
    error OpenBlockTooOld(uint64 openBlock);
    /// @notice This chain's open block has another hash.
    error WrongOpenBlockHash(uint64 openBlock);
    error AnchorAlreadyPinned(uint64 round);
    /// @notice The anchor block's hash is not known yet, or not any more.
    error AnchorHashUnavailable(uint64 round);
    /// @notice The sender was no active reporter in the epoch.
    error NotEpochReporter(uint64 epoch, address sender);
    error EvidenceAlreadyAnchored(uint64 epoch, address reporter);
    error EmptyMeasurementsHash();

    constructor(uint32 maxRoundBlocks_) {
        // blockhash reaches back 256 blocks; pinAnchor needs one to spare.
        if (maxRoundBlocks_ == 0 || maxRoundBlocks_ > 255) revert BadConfiguration("maxRoundBlocks is not 1..255");
        maxRoundBlocks = maxRoundBlocks_;
    }

    /// @inheritdoc IReputationOracle
    function anchorRound(
        uint64 round,
        uint64 openBlock,
        bytes32 openBlockHash,
        bytes32 root,
        uint32 count,
        bytes32 coinHash
    ) external {
        if (!_isRoundNow(round)) revert NotInRoundSlot(round);
        address reporter = reporterOfRound(round);
        // The zero address never sends: this also refuses a round without a reporter.
        if (reporter != msg.sender) revert NotRoundReporter(round, reporter);
        if (count > MAX_COMMITMENTS) revert TooManyCommitments(count);
        Anchor storage anchor = _anchors[round];
        if (anchor.anchorBlock != 0) revert RoundAlreadyAnchored(round);
        if (openBlock >= block.number || block.number - openBlock > maxRoundBlocks) revert OpenBlockTooOld(openBlock);
        if (blockhash(openBlock) != openBlockHash) revert WrongOpenBlockHash(openBlock);

        anchor.anchorBlock = uint64(block.number);
        anchor.openBlock = openBlock;
        anchor.count = count;
        anchor.root = root;
        anchor.coinHash = coinHash;
        anchor.openBlockHash = openBlockHash;
        emit RoundAnchored(round, msg.sender, openBlock, openBlockHash, root, count, coinHash);
    }

    /// @inheritdoc IReputationOracle
    function pinAnchor(uint64 round) external {
        Anchor storage anchor = _anchors[round];
        uint64 anchorBlock = anchor.anchorBlock;
        if (anchorBlock == 0) revert RoundNotAnchored(round);
        if (anchor.anchorBlockHash != 0) revert AnchorAlreadyPinned(round);
        bytes32 anchorBlockHash = _blockHash(anchorBlock);
        if (anchorBlockHash == 0) revert AnchorHashUnavailable(round);
        anchor.anchorBlockHash = anchorBlockHash;
        emit AnchorPinned(round, anchorBlock, anchorBlockHash);
    }

    /// @inheritdoc IReputationOracle
    function anchorEvidence(uint64 epoch, bytes32 evidenceRoot, bytes32 measurementsHash) external {
        _pastEpochEnd(epoch);
        if (!_isActiveReporter(epoch, msg.sender)) revert NotEpochReporter(epoch, msg.sender);
        // An epoch without transcripts has the root 0, so the other hash tells what is anchored.
        if (measurementsHash == 0) revert EmptyMeasurementsHash();
        Evidence storage evidence = _evidence[epoch][msg.sender];
        if (evidence.measurementsHash != 0) revert EvidenceAlreadyAnchored(epoch, msg.sender);
        evidence.root = evidenceRoot;
        evidence.measurementsHash = measurementsHash;
        emit EvidenceAnchored(epoch, msg.sender, evidenceRoot, measurementsHash);
    }

    /// @inheritdoc IReputationOracle
    function getRound(uint64 round) external view returns (Round memory) {
        Anchor storage anchor = _anchors[round];
        return Round({
            reporter: anchor.anchorBlock == 0 ? address(0) : reporterOfRound(round),
            anchorBlock: anchor.anchorBlock,
            count: anchor.count,
            root: anchor.root,
            coinHash: anchor.coinHash,
            anchorBlockHash: anchor.anchorBlockHash,
            openBlock: anchor.openBlock,
            openBlockHash: anchor.openBlockHash
        });
    }

    /// @inheritdoc IReputationOracle
    function evidenceOf(uint64 epoch, address reporter) external view returns (bytes32 evidenceRoot) {
        return _evidence[epoch][reporter].root;
    }

    /// @notice keccak256 of the reporter's measurement words of the epoch; zero until its evidence is anchored.
    function measurementsHashOf(uint64 epoch, address reporter) external view returns (bytes32) {
        return _evidence[epoch][reporter].measurementsHash;
    }

    /// @dev Evidence of a reporter; the second read is needed only for the root of an epoch without transcripts.
    function _anchoredEvidence(uint64 epoch, address reporter) internal view returns (bool anchored, bytes32 root) {
        Evidence storage evidence = _evidence[epoch][reporter];
        root = evidence.root;
        anchored = root != 0 || evidence.measurementsHash != 0;
    }

    function _isActiveReporter(uint64 epoch, address account) private view returns (bool) {
        uint64[REPORTER_SLOTS] memory counts = _termCountsOfSlots();
        for (uint8 slot = 0; slot < REPORTER_SLOTS; slot++) {
            (bool active, Term storage term) = _activeTerm(slot, counts[slot], epoch);
            if (active && term.reporter == account) return true;
        }
        return false;
    }

    function _blockHash(uint64 number) private view returns (bytes32 hash) {
        hash = blockhash(number);
        if (hash != 0 || HISTORY_STORAGE.code.length == 0) return hash;
        (bool known, bytes memory answer) = HISTORY_STORAGE.staticcall(abi.encode(uint256(number)));
        if (known && answer.length == 32) hash = abi.decode(answer, (bytes32));
    }
}
