// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "./interfaces/IReputationOracle.sol";
import {ITreeVerifier} from "./interfaces/IVerifiers.sol";
import {Sha256Merkle} from "./lib/Sha256Merkle.sol";

/// @title On-chain check of a node's `tree` result
/// @notice Anyone may check that a node committed in time to a Poseidon tree of its own task, and that the leaves drawn by
/// coins unknown before are right (protocol sections 2 and 4). Nothing of the oracle's software has to be trusted.
/// @dev The nonce is shown by the reporter in CHALLENGE and is not on-chain: the check holds for the nonce given.
contract TreeAttestation {
    /// @param round the round whose anchor holds the commitment; its anchor block must be pinned
    /// @param nonce 32 bytes that the reporter showed in CHALLENGE
    /// @param coinSecret preimage of the round's coinHash
    /// @param root of the Poseidon tree: the node's commitment
    /// @param elapsedMs the reporter's measurement, part of the anchored leaf
    /// @param leafIndex place among the round's commitments, sorted by (nodeId, device)
    /// @param path siblings from the leaf up, without those levels where an odd node is promoted
    struct Attestation {
        uint64 round;
        uint32 nodeId;
        uint8 device;
        uint32 elapsedMs;
        uint32 leafIndex;
        bytes32 nonce;
        bytes32 coinSecret;
        uint256 root;
        bytes32[] path;
        uint256[2] proofA;
        uint256[2][2] proofB;
        uint256[2] proofC;
    }

    /// @notice Depth d of the tree of arity 4 that the verifier's circuit knows.
    uint32 public constant DEPTH = 6;
    /// @notice Leaves k that the verifier's circuit checks.
    uint16 public constant SAMPLES = 8;

    uint8 private constant TASK_TREE = 2;
    uint32 private constant ARITY = 4;
    /// @dev Order of the BN254 scalar field.
    uint256 private constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev Order of the field of proof points' coordinates.
    uint256 private constant BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    IReputationOracle public immutable oracle;
    ITreeVerifier public immutable verifier;

    error NotAContract(address account);
    error RoundNotAnchored(uint64 round);
    /// @notice Call `pinAnchor` first: coins need the anchor block's hash.
    error AnchorNotPinned(uint64 round);
    error WrongCoinSecret(uint64 round);
    /// @notice The commitment is not at this place under the round's root.
    error CommitmentNotAnchored(uint64 round, uint32 nodeId, uint8 device);
    /// @notice The root or a proof coordinate is not reduced.
    error NotInField();
    /// @notice The proof does not show this tree.
    error ProofRejected();

    constructor(IReputationOracle oracle_, ITreeVerifier verifier_) {
        if (address(oracle_).code.length == 0) revert NotAContract(address(oracle_));
        if (address(verifier_).code.length == 0) revert NotAContract(address(verifier_));
        oracle = oracle_;
        verifier = verifier_;
    }

    /// @notice Returns when the attestation holds and reverts with the reason when not.
    function verifyAttestation(Attestation calldata attestation) external view {
        IReputationOracle.Round memory round = oracle.getRound(attestation.round);
        if (round.anchorBlock == 0) revert RoundNotAnchored(attestation.round);
        if (round.anchorBlockHash == 0) revert AnchorNotPinned(attestation.round);
        if (keccak256(abi.encodePacked(attestation.coinSecret)) != round.coinHash) {
            revert WrongCoinSecret(attestation.round);
        }
        if (attestation.root >= FIELD || !_isReduced(attestation)) revert NotInField();
        _requireAnchored(attestation, round);

        uint256[3] memory publicSignals = [
            attestation.root, uint256(_taskSeed(attestation, round)) % FIELD, uint256(_coins(attestation, round)) % FIELD
        ];
        if (!verifier.verifyProof(attestation.proofA, attestation.proofB, attestation.proofC, publicSignals)) {
            revert ProofRejected();
        }
    }

    function _requireAnchored(Attestation calldata attestation, IReputationOracle.Round memory round) private pure {
        bytes memory leaf = abi.encodePacked(
            attestation.nodeId, attestation.device, bytes32(attestation.root), attestation.elapsedMs
        );
        (bool valid, bytes32 root) =
            Sha256Merkle.rootFromPath(leaf, attestation.leafIndex, round.count, attestation.path);
        if (!valid || root != round.root) {
            revert CommitmentNotAnchored(attestation.round, attestation.nodeId, attestation.device);
        }
    }

    function _taskSeed(Attestation calldata attestation, IReputationOracle.Round memory round)
        private
        view
        returns (bytes32)
    {
        bytes32 roundSeed = keccak256(
            abi.encodePacked(
                "dpin/round/1",
                block.chainid,
                address(oracle),
                attestation.round,
                round.openBlock,
                round.openBlockHash,
                attestation.nonce
            )
        );
        return keccak256(
            abi.encodePacked(
                "dpin/task/1",
                roundSeed,
                round.reporter,
                attestation.nodeId,
                attestation.device,
                TASK_TREE,
                DEPTH,
                ARITY,
                uint32(0),
                SAMPLES,
                uint8(0)
            )
        );
    }

    function _coins(Attestation calldata attestation, IReputationOracle.Round memory round)
        private
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encodePacked(
                "dpin/coins/1",
                round.anchorBlockHash,
                attestation.coinSecret,
                round.root,
                attestation.nodeId,
                attestation.device
            )
        );
    }

    function _isReduced(Attestation calldata attestation) private pure returns (bool) {
        return attestation.proofA[0] < BASE_FIELD && attestation.proofA[1] < BASE_FIELD
            && attestation.proofB[0][0] < BASE_FIELD && attestation.proofB[0][1] < BASE_FIELD
            && attestation.proofB[1][0] < BASE_FIELD && attestation.proofB[1][1] < BASE_FIELD
            && attestation.proofC[0] < BASE_FIELD && attestation.proofC[1] < BASE_FIELD;
    }
}
