// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {ITreeVerifier} from "../../src/interfaces/IVerifiers.sol";
import {TreeAttestation} from "../../src/TreeAttestation.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice Accepts exactly one set of public inputs: those the test computed on its own.
contract ExpectingVerifier is ITreeVerifier {
    uint256[3] private _expected;

    function expect(uint256[3] calldata expected) external {
        _expected = expected;
    }

    function verifyProof(
        uint256[2] calldata,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[3] calldata publicSignals
    ) external view returns (bool) {
        return keccak256(abi.encode(publicSignals)) == keccak256(abi.encode(_expected));
    }
}

/// @notice What leads to the proof's public inputs; real proofs are checked in TreeProof.t.sol.
contract TreeAttestationTest is OracleFixture {
    uint256 private constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    bytes32 private constant OPEN_HASH = keccak256("open block");
    bytes32 private constant ANCHOR_HASH = keccak256("anchor block");
    bytes32 private constant SECRET = keccak256("secret");
    bytes32 private constant NONCE = keccak256("nonce");
    uint256 private constant TREE_ROOT = 4242;

    ExpectingVerifier private treeVerifier;
    TreeAttestation private attestor;
    bytes32 private anchorRoot;

    function setUp() public override {
        super.setUp();
        useOneReporter();
        treeVerifier = new ExpectingVerifier();
        attestor = new TreeAttestation(oracle, treeVerifier);
        vm.warp(GENESIS + 5);
        vm.roll(1000);
        vm.setBlockhash(999, OPEN_HASH);
        anchorRoot = sha256(abi.encodePacked(bytes1(0x01), leafHash(3, 0, TREE_ROOT, 250), sibling()));
        vm.prank(reporter1);
        oracle.anchorRound(0, 999, OPEN_HASH, anchorRoot, 2, keccak256(abi.encodePacked(SECRET)));
    }

    function test_HoldsForWhatTheChainSays() public {
        pin();
        expectInputs(3, 0);
        attestor.verifyAttestation(attestation());
    }

    function test_NeedsAnAnchorAndItsPin() public {
        TreeAttestation.Attestation memory given = attestation();
        given.round = 1;
        vm.expectRevert(abi.encodeWithSelector(TreeAttestation.RoundNotAnchored.selector, 1));
        attestor.verifyAttestation(given);
        given.round = 0;
        vm.expectRevert(abi.encodeWithSelector(TreeAttestation.AnchorNotPinned.selector, 0));
        attestor.verifyAttestation(given);
    }

    function testFuzz_NeedsTheSecretOfTheRound(bytes32 secret) public {
        vm.assume(secret != SECRET);
        pin();
        TreeAttestation.Attestation memory given = attestation();
        given.coinSecret = secret;
        vm.expectRevert(abi.encodeWithSelector(TreeAttestation.WrongCoinSecret.selector, 0));
        attestor.verifyAttestation(given);
    }

    function testFuzz_NeedsTheAnchoredLeaf(uint8 what, uint32 value) public {
        pin();
        TreeAttestation.Attestation memory given = attestation();
        what = what % 6;
        if (what == 0) given.nodeId = value;
        if (what == 1) given.device = uint8(value);
        if (what == 2) given.elapsedMs = value;
        if (what == 3) given.root = value;
        if (what == 4) given.leafIndex = value;
        if (what == 5) given.path[0] = bytes32(uint256(value));
        vm.assume(keccak256(abi.encode(given)) != keccak256(abi.encode(attestation())));
        expectInputs(given.nodeId, given.device);
        vm.expectRevert(
            abi.encodeWithSelector(TreeAttestation.CommitmentNotAnchored.selector, 0, given.nodeId, given.device)
        );
        attestor.verifyAttestation(given);
    }

    function test_PathHasOneLength() public {
        pin();
        expectInputs(3, 0);
        TreeAttestation.Attestation memory given = attestation();
        given.path = new bytes32[](2);
        given.path[0] = sibling();
        vm.expectRevert(abi.encodeWithSelector(TreeAttestation.CommitmentNotAnchored.selector, 0, 3, 0));
        attestor.verifyAttestation(given);
    }

    /// @notice The root of a round without commitments is zero, and so is what a path that leads nowhere gives.
    function test_NothingIsUnderAnEmptyRound() public {
        vm.warp(GENESIS + SLOT);
        vm.prank(reporter1);
        oracle.anchorRound(1, 999, OPEN_HASH, 0, 0, keccak256(abi.encodePacked(SECRET)));
        vm.roll(1001);
        vm.setBlockhash(1000, ANCHOR_HASH);
        oracle.pinAnchor(1);
        TreeAttestation.Attestation memory given = attestation();
        given.round = 1;
        vm.expectRevert(abi.encodeWithSelector(TreeAttestation.CommitmentNotAnchored.selector, 1, 3, 0));
        attestor.verifyAttestation(given);
    }

    function test_AnotherNonceIsAnotherTask() public {
        pin();
        expectInputs(3, 0);
        TreeAttestation.Attestation memory given = attestation();
        given.nonce = keccak256("another");
        vm.expectRevert(TreeAttestation.ProofRejected.selector);
        attestor.verifyAttestation(given);
    }

    function test_ValuesMustBeReduced() public {
        pin();
        TreeAttestation.Attestation memory given = attestation();
        given.root = FIELD;
        vm.expectRevert(TreeAttestation.NotInField.selector);
        attestor.verifyAttestation(given);
        given = attestation();
        given.proofC[1] = type(uint256).max;
        vm.expectRevert(TreeAttestation.NotInField.selector);
        attestor.verifyAttestation(given);
    }

    function test_Configuration() public {
        vm.expectRevert(abi.encodeWithSelector(TreeAttestation.NotAContract.selector, address(1)));
        new TreeAttestation(IReputationOracle(address(1)), treeVerifier);
        vm.expectRevert(abi.encodeWithSelector(TreeAttestation.NotAContract.selector, address(1)));
        new TreeAttestation(oracle, ITreeVerifier(address(1)));
    }

    function pin() private {
        vm.roll(1001);
        vm.setBlockhash(1000, ANCHOR_HASH);
        oracle.pinAnchor(0);
    }

    /// @dev The protocol page's formulas, written out once more.
    function expectInputs(uint32 nodeId, uint8 device) private {
        bytes32 roundSeed = keccak256(
            abi.encodePacked(
                "dpin/round/1", uint256(block.chainid), address(oracle), uint64(0), uint64(999), OPEN_HASH, NONCE
            )
        );
        bytes32 taskSeed = keccak256(
            abi.encodePacked(
                "dpin/task/1",
                roundSeed,
                reporter1,
                nodeId,
                device,
                uint8(2),
                uint32(6),
                uint32(4),
                uint32(0),
                uint16(8),
                uint8(0)
            )
        );
        bytes32 coins =
            keccak256(abi.encodePacked("dpin/coins/1", ANCHOR_HASH, SECRET, anchorRoot, nodeId, device));
        treeVerifier.expect([TREE_ROOT, uint256(taskSeed) % FIELD, uint256(coins) % FIELD]);
    }

    function attestation() private pure returns (TreeAttestation.Attestation memory given) {
        given.nodeId = 3;
        given.elapsedMs = 250;
        given.nonce = NONCE;
        given.coinSecret = SECRET;
        given.root = TREE_ROOT;
        given.path = new bytes32[](1);
        given.path[0] = sibling();
    }

    function sibling() private pure returns (bytes32) {
        return leafHash(4, 0, 77, 300);
    }

    function leafHash(uint32 nodeId, uint8 device, uint256 root, uint32 elapsedMs) private pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), nodeId, device, bytes32(root), elapsedMs));
    }
}
