// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Proven reputation scores of GPU nodes
/// @notice What the proof shows: scores follow the published formula from measurements signed by a quorum of reporters.
/// It does not show that the measurements are true.
interface IReputationOracle {
    /// @param lambda decay of alpha and beta per epoch, 16.16 fixed point, 1..65472
    /// @param eta weight of the newest performance, 16.16 fixed point, 1..65536
    /// @param failWeight w, what one failed epoch adds to beta, 1..15
    /// @param priorWeight W, evidence a node starts against, 16.16 fixed point, 2^16..2^30-1
    /// @param quorum reporters that must agree, 1..3
    /// @param maxIdle epochs without a vote after which a node is unrated again, 0..254
    /// @param establishedAt alpha + beta from which a score counts as established, 16.16 fixed point, below 2^31
    struct Parameters {
        uint32 lambda;
        uint32 eta;
        uint8 failWeight;
        uint32 priorWeight;
        uint8 quorum;
        uint8 maxIdle;
        uint32 establishedAt;
    }

    /// @param presence bit i: reporter slot i signed a report
    /// @param newCommitment PoseidonN("dpin/state/1", states)
    /// @param vectorCommitment C = PoseidonN("dpin/vector/1", v)
    /// @param scoreWords 15 scores of 16 bits each, node 0 lowest; score in the 14 low bits, status in the 2 high
    /// @param states two nodes per word: alpha 26, beta 30, perf 31, idle 8 bits each, alpha of the even node lowest
    struct BatchSubmission {
        uint64 epoch;
        uint32 batch;
        uint8 presence;
        uint256 newCommitment;
        uint256 vectorCommitment;
        uint256[4] scoreWords;
        uint256[30] states;
        uint256[2] proofA;
        uint256[2][2] proofB;
        uint256[2] proofC;
    }

    struct Round {
        address reporter;
        uint64 anchorBlock;
        uint32 count;
        bytes32 root;
        bytes32 coinHash;
        bytes32 anchorBlockHash;
        uint64 openBlock;
        bytes32 openBlockHash;
    }

    event ReporterAdded(
        uint8 indexed slot, address indexed reporter, uint256 keyX, uint256 keyY, uint64 activeFromEpoch
    );
    event ReporterRetired(uint8 indexed slot, address indexed reporter, uint64 retiredFromEpoch);
    event MethodologySet(
        bytes32 indexed methodologyHash,
        uint64 fromEpoch,
        uint32 lambda,
        uint32 eta,
        uint8 failWeight,
        uint32 priorWeight,
        uint8 quorum,
        uint8 maxIdle,
        uint32 establishedAt
    );
    event RoundAnchored(
        uint64 indexed round,
        address indexed reporter,
        uint64 openBlock,
        bytes32 openBlockHash,
        bytes32 root,
        uint32 count,
        bytes32 coinHash
    );
    event AnchorPinned(uint64 indexed round, uint64 anchorBlock, bytes32 anchorBlockHash);
    event EvidenceAnchored(
        uint64 indexed epoch, address indexed reporter, bytes32 evidenceRoot, bytes32 measurementsHash
    );
    event BatchProven(
        uint64 indexed epoch,
        uint32 indexed batch,
        address indexed prover,
        uint8 presence,
        uint64 observedAt,
        uint256 oldCommitment,
        uint256 newCommitment,
        uint256[4] scoreWords,
        uint256[30] states
    );

    function addReporter(address reporter, uint256 keyX, uint256 keyY) external returns (uint8 slot);
    function retireReporter(uint8 slot) external;
    function setMethodology(bytes32 methodologyHash, Parameters calldata parameters) external;
    function anchorRound(
        uint64 round,
        uint64 openBlock,
        bytes32 openBlockHash,
        bytes32 root,
        uint32 count,
        bytes32 coinHash
    ) external;
    function pinAnchor(uint64 round) external;
    function anchorEvidence(uint64 epoch, bytes32 evidenceRoot, bytes32 measurementsHash) external;
    function submitBatch(BatchSubmission calldata submission) external;

    function genesisTime() external view returns (uint64);
    function slotSeconds() external view returns (uint32);
    function slotsPerEpoch() external view returns (uint32);
    function currentEpoch() external view returns (uint64);
    /// @notice The reporter whose turn the round is; zero when none is active in its epoch.
    function reporterOfRound(uint64 round) external view returns (address);
    function getRound(uint64 round) external view returns (Round memory);
    /// @return proven false when the batch never was
    /// @return epoch the last one proven
    /// @return observedAt end of that epoch, seconds
    /// @return commitment the state commitment
    /// @return scoreWords 15 scores a word, node 0 lowest
    function getBatch(uint32 batch)
        external
        view
        returns (bool proven, uint64 epoch, uint64 observedAt, uint256 commitment, uint256[4] memory scoreWords);
    function evidenceOf(uint64 epoch, address reporter) external view returns (bytes32 evidenceRoot);
    function methodologyOf(uint64 epoch) external view returns (bytes32 methodologyHash, Parameters memory parameters);
    /// @return scoreBps 0..10000
    /// @return status 0 unrated, 1 provisional, 2 established, 3 failing
    /// @return updatedAt observation time, 0 when never proven
    function scoreOf(uint32 nodeId) external view returns (uint16 scoreBps, uint8 status, uint64 updatedAt);
    /// @notice Reverts when the score is older than maxAge seconds or the node is unrated.
    function scoreNoOlderThan(uint32 nodeId, uint32 maxAge) external view returns (uint16 scoreBps, uint8 status);
    /// @notice True only for a rated node with at least minScoreBps observed no longer than maxAge seconds ago.
    function meets(uint32 nodeId, uint16 minScoreBps, uint32 maxAge) external view returns (bool);
}
