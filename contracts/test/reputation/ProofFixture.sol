// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {IScoreBatchVerifier, ITreeVerifier} from "../../src/interfaces/IVerifiers.sol";
import {NodeRegistry} from "../../src/NodeRegistry.sol";
import {ReputationOracle} from "../../src/ReputationOracle.sol";
import {TreeAttestation} from "../../src/TreeAttestation.sol";
import {ScoreBatchVerifier} from "../../src/verifiers/ScoreBatchVerifier.sol";
import {TreeVerifier} from "../../src/verifiers/TreeVerifier.sol";
import {Test} from "../lib/Test.sol";

/// @notice The network for which scripts/proof-vectors.mjs made real proofs, with the generated verifiers.
abstract contract ProofFixture is Test {
    uint64 internal constant GENESIS = 1_000_000;
    uint64 internal constant EPOCH_SECONDS = 40;

    string internal json;
    ReputationOracle internal oracle;
    TreeAttestation internal attestor;
    address internal deployer;
    address internal reporter;
    bytes32 internal methodologyHash;

    function setUp() public virtual {
        json = vm.readFile("contracts/test/vectors/posting-proofs.json");
        deployer = vm.parseJsonAddress(json, ".deployer");
        reporter = vm.parseJsonAddress(json, ".reporter");
        methodologyHash = vm.parseJsonBytes32(json, ".methodologyHash");
        vm.warp(GENESIS - 100);
        vm.startPrank(deployer);
        AccessManager authority = new AccessManager(deployer);
        NodeRegistry registry = new NodeRegistry();
        ScoreBatchVerifier verifier = new ScoreBatchVerifier();
        oracle = new ReputationOracle(
            ReputationOracle.Config({
                authority: address(authority),
                registry: registry,
                verifier: IScoreBatchVerifier(address(verifier)),
                genesisTime: GENESIS,
                slotSeconds: 20,
                slotsPerEpoch: 2,
                maxRoundBlocks: 100,
                reportGrace: 30
            })
        );
        attestor = new TreeAttestation(oracle, ITreeVerifier(address(new TreeVerifier())));
        vm.assertEq(address(oracle), vm.parseJsonAddress(json, ".oracle"), "the proofs are for another address");
        oracle.addReporter(reporter, vm.parseJsonUint(json, ".keyX"), vm.parseJsonUint(json, ".keyY"));
        oracle.setMethodology(methodologyHash, parameters());
        registry.registerNode(makeAddr("worker"), deployer, 0, 1, "eu", "");
        vm.stopPrank();
    }

    function parameters() internal view returns (IReputationOracle.Parameters memory) {
        return IReputationOracle.Parameters({
            lambda: uint32(vm.parseJsonUint(json, ".parameters.lambda")),
            eta: uint32(vm.parseJsonUint(json, ".parameters.eta")),
            failWeight: uint8(vm.parseJsonUint(json, ".parameters.failWeight")),
            priorWeight: uint32(vm.parseJsonUint(json, ".parameters.priorWeight")),
            quorum: uint8(vm.parseJsonUint(json, ".parameters.quorum")),
            maxIdle: uint8(vm.parseJsonUint(json, ".parameters.maxIdle")),
            establishedAt: uint32(vm.parseJsonUint(json, ".parameters.establishedAt"))
        });
    }
}
