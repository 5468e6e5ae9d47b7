// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Sha256Merkle} from "../../src/lib/Sha256Merkle.sol";
import {Test} from "../lib/Test.sol";

contract Sha256MerkleTest is Test {
    /// @dev External, so that the path lies in calldata.
    function rootOf(bytes memory leaf, uint256 index, uint256 count, bytes32[] calldata path)
        external
        pure
        returns (bool, bytes32)
    {
        return Sha256Merkle.rootFromPath(leaf, index, count, path);
    }

    function testFuzz_EveryLeafLeadsToTheRoot(uint8 leaves, uint8 place, bytes32 salt) public view {
        uint256 count = bound(leaves, 1, 40);
        uint256 index = bound(place, 0, count - 1);
        (bytes32 root, bytes32[] memory path) = build(count, index, salt);
        (bool valid, bytes32 found) = this.rootOf(leafData(index, salt), index, count, path);
        vm.assertTrue(valid);
        vm.assertEq(found, root);
    }

    function testFuzz_WrongPlacesFail(uint8 leaves, uint8 place, uint8 claimed, bytes32 salt) public view {
        uint256 count = bound(leaves, 2, 40);
        uint256 index = bound(place, 0, count - 1);
        uint256 other = bound(claimed, 0, count - 1);
        vm.assume(other != index);
        (bytes32 root, bytes32[] memory path) = build(count, index, salt);
        (bool valid, bytes32 found) = this.rootOf(leafData(index, salt), other, count, path);
        vm.assertFalse(valid && found == root);
    }

    function test_PathOfAnotherLengthIsInvalid() public view {
        (, bytes32[] memory path) = build(5, 2, 0);
        (bool valid,) = this.rootOf(leafData(2, 0), 2, 9, path);
        vm.assertFalse(valid, "too short");
        (valid,) = this.rootOf(leafData(2, 0), 0, 2, path);
        vm.assertFalse(valid, "too long");
        (valid,) = this.rootOf(leafData(2, 0), 5, 5, path);
        vm.assertFalse(valid, "index beyond the count");
        (valid,) = this.rootOf(leafData(2, 0), 0, 0, new bytes32[](0));
        vm.assertFalse(valid, "empty tree");
    }

    function test_OddNodeIsPromotedUnchanged() public view {
        (bytes32 root, bytes32[] memory path) = build(3, 2, 0);
        vm.assertEq(path.length, 1);
        bytes32 pair = sha256(
            abi.encodePacked(
                bytes1(0x01),
                sha256(abi.encodePacked(bytes1(0), leafData(0, 0))),
                sha256(abi.encodePacked(bytes1(0), leafData(1, 0)))
            )
        );
        bytes32 odd = sha256(abi.encodePacked(bytes1(0), leafData(2, 0)));
        vm.assertEq(root, sha256(abi.encodePacked(bytes1(0x01), pair, odd)));
    }

    function leafData(uint256 index, bytes32 salt) private pure returns (bytes memory) {
        return abi.encodePacked("leaf", index, salt);
    }

    /// @dev The tree, level by level: root and the path of one leaf.
    function build(uint256 count, uint256 index, bytes32 salt) private pure returns (bytes32, bytes32[] memory) {
        bytes32[] memory level = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            level[i] = sha256(abi.encodePacked(bytes1(0), leafData(i, salt)));
        }
        bytes32[] memory path = new bytes32[](8);
        uint256 used = 0;
        while (level.length > 1) {
            if (index ^ 1 < level.length) path[used++] = level[index ^ 1];
            bytes32[] memory above = new bytes32[]((level.length + 1) / 2);
            for (uint256 i = 0; i < above.length; i++) {
                above[i] = 2 * i + 1 < level.length
                    ? sha256(abi.encodePacked(bytes1(0x01), level[2 * i], level[2 * i + 1]))
                    : level[2 * i];
            }
            level = above;
            index /= 2;
        }
        bytes32[] memory exact = new bytes32[](used);
        for (uint256 i = 0; i < used; i++) {
            exact[i] = path[i];
        }
        return (level[0], exact);
    }
}
