// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title SHA-256 Merkle trees of the protocol
/// @notice Leaf = sha256(0x00 ‖ data), node = sha256(0x01 ‖ left ‖ right), an odd node is promoted unchanged (protocol section 2).
library Sha256Merkle {
    /// @notice The root that `leafData` at `index` of `count` leaves leads to by `path`.
    /// @dev The number of leaves decides where a node is promoted, so a path has one possible length.
    /// @return valid false when the index is not below the count or the path's length is not the one the count asks for
    function rootFromPath(bytes memory leafData, uint256 index, uint256 count, bytes32[] calldata path)
        internal
        pure
        returns (bool valid, bytes32 root)
    {
        if (index >= count) return (false, 0);
        root = sha256(abi.encodePacked(bytes1(0x00), leafData));
        uint256 used = 0;
        while (count > 1) {
            bool promoted = index == count - 1 && count & 1 == 1;
            if (!promoted) {
                if (used == path.length) return (false, 0);
                bytes32 sibling = path[used++];
                root = index & 1 == 0
                    ? sha256(abi.encodePacked(bytes1(0x01), root, sibling))
                    : sha256(abi.encodePacked(bytes1(0x01), sibling, root));
            }
            index >>= 1;
            count = (count + 1) >> 1;
        }
        valid = used == path.length;
    }
}
