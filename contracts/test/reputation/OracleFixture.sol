// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {INodeRegistry} from "../../src/interfaces/INodeRegistry.sol";
import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {IScoreBatchVerifier} from "../../src/interfaces/IVerifiers.sol";
import {NodeRegistry} from "../../src/NodeRegistry.sol";
import {ReputationOracle} from "../../src/ReputationOracle.sol";
import {Test} from "../lib/Test.sol";

/// @notice Stands in for the proof system where the rule under test is not the proof: says what it is told to say.
contract ScriptedVerifier is IScoreBatchVerifier {
    bool public answer = true;

    function setAnswer(bool answer_) external {
        answer = answer_;
    }

    function verifyProof(uint256[2] calldata, uint256[2][2] calldata, uint256[2] calldata, uint256[3] calldata)
        external
        view
        returns (bool)
    {
        return answer;
    }
}

/// @notice An oracle with devnet times, one registered node and a verifier that says what the test wants.
abstract contract OracleFixture is Test {
    uint64 internal constant GENESIS = 1_000_000;
    uint32 internal constant SLOT = 20;
    uint32 internal constant SLOTS_PER_EPOCH = 2;
    uint64 internal constant EPOCH_SECONDS = 40;
    uint32 internal constant GRACE = 30;
    uint32 internal constant MAX_ROUND_BLOCKS = 100;
    bytes32 internal constant METHODOLOGY = keccak256("methodology 1");

    uint256 internal constant KEY1_X = 15944627324083773346390189001500210680939402028015651549526524193195473201952;
    uint256 internal constant KEY1_Y = 17251889856797524237981285661279357764562574766148660962999867467495459148286;
    uint256 internal constant KEY2_X = 4044393282578688582896187440332443375392492214705434598936990660961068722040;
    uint256 internal constant KEY2_Y = 4862644268749425810567793658630502670008545397818408317392674122665460786971;
    uint256 internal constant KEY3_X = 10008904215758672712301921390103276914560970639198330003191798091575396537586;
    uint256 internal constant KEY3_Y = 4248994950335582469565918396064301842621917648780630931308885212607957636924;

    AccessManager internal authority;
    NodeRegistry internal registry;
    ScriptedVerifier internal verifier;
    ReputationOracle internal oracle;
    address internal reporter1;
    address internal reporter2;
    address internal reporter3;

    function setUp() public virtual {
        vm.warp(GENESIS - 1000);
        authority = new AccessManager(address(this));
        registry = new NodeRegistry();
        verifier = new ScriptedVerifier();
        oracle = new ReputationOracle(config());
        reporter1 = makeAddr("reporter 1");
        reporter2 = makeAddr("reporter 2");
        reporter3 = makeAddr("reporter 3");
        registry.registerNode(makeAddr("worker"), address(this), 0, 1, "eu", "");
    }

    function config() internal view returns (ReputationOracle.Config memory) {
        return ReputationOracle.Config({
            authority: address(authority),
            registry: registry,
            verifier: verifier,
            genesisTime: GENESIS,
            slotSeconds: SLOT,
            slotsPerEpoch: SLOTS_PER_EPOCH,
            maxRoundBlocks: MAX_ROUND_BLOCKS,
            reportGrace: GRACE
        });
    }

    function parameters(uint8 quorum) internal pure returns (IReputationOracle.Parameters memory) {
        return IReputationOracle.Parameters({
            lambda: 64000,
            eta: 16384,
            failWeight: 3,
            priorWeight: 2 * 65536,
            quorum: quorum,
            maxIdle: 20,
            establishedAt: 5 * 65536
        });
    }

    /// @dev One reporter with quorum 1, from epoch 0.
    function useOneReporter() internal {
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        oracle.setMethodology(METHODOLOGY, parameters(1));
    }

    /// @dev Three reporters with quorum 2, from epoch 0.
    function useThreeReporters() internal {
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        oracle.addReporter(reporter2, KEY2_X, KEY2_Y);
        oracle.addReporter(reporter3, KEY3_X, KEY3_Y);
        oracle.setMethodology(METHODOLOGY, parameters(2));
    }

    function epochEnd(uint64 epoch) internal pure returns (uint256) {
        return GENESIS + (uint256(epoch) + 1) * EPOCH_SECONDS;
    }

    function anchor(address reporter, uint64 epoch) internal {
        vm.prank(reporter);
        oracle.anchorEvidence(epoch, keccak256(abi.encode("root", reporter, epoch)), keccak256("words"));
    }

    function submission(uint64 epoch, uint8 presence)
        internal
        pure
        returns (IReputationOracle.BatchSubmission memory sent)
    {
        sent.epoch = epoch;
        sent.presence = presence;
        sent.newCommitment = 1000 + uint256(epoch);
        sent.vectorCommitment = 77;
        // Node 0: established, 9000; node 59: failing, 1.
        sent.scoreWords[0] = (2 << 14) | 9000;
        sent.scoreWords[3] = uint256((3 << 14) | 1) << (14 * 16);
        sent.states[0] = 5;
    }

    /// @dev After the epoch's end, with evidence of the one reporter.
    function post(uint64 epoch) internal {
        if (block.timestamp < epochEnd(epoch)) vm.warp(epochEnd(epoch));
        anchor(reporter1, epoch);
        oracle.submitBatch(submission(epoch, 1));
    }
}
