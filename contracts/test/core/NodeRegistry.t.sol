// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {NodeRegistry} from "../../src/NodeRegistry.sol";
import {INodeRegistry} from "../../src/interfaces/INodeRegistry.sol";
import {CoreTest} from "./CoreTest.sol";

contract NodeRegistryTest is CoreTest {
    function test_idsAreDenseFromZero() public {
        vm.assertEq(uint256(registry.nodeCount()), 0, "none yet");
        vm.expectEmit(address(registry));
        emit INodeRegistry.NodeRegistered(0, operator, worker, recipient, CLASS, 1, "eu", "ipfs://node");
        vm.assertEq(uint256(register()), 0, "first");
        vm.assertEq(uint256(register()), 1, "second");
        vm.assertEq(uint256(registry.nodeCount()), 2, "count");

        INodeRegistry.Node memory node = registry.getNode(1);
        vm.assertEq(node.operator, operator);
        vm.assertEq(node.workerKey, worker);
        vm.assertEq(node.rewardRecipient, recipient);
        vm.assertEq(uint256(node.hardwareClass), CLASS);
        vm.assertEq(uint256(node.registeredAt), block.timestamp);
        vm.assertFalse(node.retired);
    }

    function test_registrationRefusesBadFacts() public {
        vm.startPrank(operator);
        vm.expectRevert(NodeRegistry.ZeroAddress.selector);
        registry.registerNode(address(0), recipient, CLASS, 1, "", "");
        vm.expectRevert(NodeRegistry.ZeroAddress.selector);
        registry.registerNode(worker, address(0), CLASS, 1, "", "");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.UnknownClass.selector, 4));
        registry.registerNode(worker, recipient, 4, 1, "", "");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.DevicesOutOfRange.selector, 0));
        registry.registerNode(worker, recipient, CLASS, 0, "", "");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.DevicesOutOfRange.selector, 17));
        registry.registerNode(worker, recipient, CLASS, 17, "", "");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.TextTooLong.selector, 33, 32));
        registry.registerNode(worker, recipient, CLASS, 1, string(new bytes(33)), "");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.TextTooLong.selector, 257, 256));
        registry.registerNode(worker, recipient, CLASS, 1, "", string(new bytes(257)));
        registry.registerNode(worker, recipient, 3, 16, string(new bytes(32)), string(new bytes(256)));
    }

    /// @notice The list of nodes is the registry's only state: its length lies in slot 0.
    function test_theLastIdFitsASigned32BitInteger() public {
        vm.store(address(registry), bytes32(0), bytes32(uint256(uint32(type(int32).max))));
        vm.assertEq(uint256(register()), 2 ** 31 - 1, "last");
        vm.expectRevert(NodeRegistry.RegisterFull.selector);
        vm.prank(operator);
        registry.registerNode(worker, recipient, CLASS, 1, "", "");
    }

    function test_onlyTheOperatorChangesANode() public {
        uint32 nodeId = register();
        bytes memory refused = abi.encodeWithSelector(NodeRegistry.NotOperator.selector, nodeId, worker);
        vm.startPrank(worker);
        vm.expectRevert(refused);
        registry.updateNode(nodeId, worker, 1, "", "");
        vm.expectRevert(refused);
        registry.rotateWorkerKey(nodeId, alice);
        vm.expectRevert(refused);
        registry.retireNode(nodeId);
    }

    function test_updateAndRotation() public {
        uint32 nodeId = register();
        vm.startPrank(operator);
        vm.expectEmit(address(registry));
        emit INodeRegistry.NodeUpdated(nodeId, alice, 3, "us", "ipfs://new");
        registry.updateNode(nodeId, alice, 3, "us", "ipfs://new");
        vm.expectEmit(address(registry));
        emit INodeRegistry.WorkerKeyRotated(nodeId, worker, bob);
        registry.rotateWorkerKey(nodeId, bob);
        INodeRegistry.Node memory node = registry.getNode(nodeId);
        vm.assertEq(node.rewardRecipient, alice);
        vm.assertEq(uint256(node.devices), 3);
        vm.assertEq(node.workerKey, bob);
        vm.expectRevert(NodeRegistry.ZeroAddress.selector);
        registry.rotateWorkerKey(nodeId, address(0));
    }

    function test_retirementIsFinalButRewardsCanStillBeRedirected() public {
        uint32 nodeId = register();
        vm.startPrank(operator);
        vm.expectEmit(address(registry));
        emit INodeRegistry.NodeRetired(nodeId);
        registry.retireNode(nodeId);
        vm.assertTrue(registry.getNode(nodeId).retired);
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.Retired.selector, nodeId));
        registry.retireNode(nodeId);
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.Retired.selector, nodeId));
        registry.rotateWorkerKey(nodeId, bob);
        registry.updateNode(nodeId, bob, 1, "", "");
        vm.assertEq(registry.getNode(nodeId).rewardRecipient, bob);
    }

    function testFuzz_rangesAreReadWholeOrRefused(uint32 from, uint32 to) public {
        for (uint256 i = 0; i < 5; i++) {
            register();
        }
        if (from > to || to > 5) {
            vm.expectRevert(abi.encodeWithSelector(NodeRegistry.RangeOutOfBounds.selector, from, to));
            registry.getNodes(from, to);
        } else {
            vm.assertEq(registry.getNodes(from, to).length, to - from, "length");
        }
        uint32 low = uint32(bound(from, 0, 5));
        uint32 high = uint32(bound(to, low, 5));
        vm.assertEq(registry.getNodes(low, high).length, high - low, "length inside");
    }

    function test_unknownNode() public {
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.UnknownNode.selector, 0));
        registry.getNode(0);
    }
}
