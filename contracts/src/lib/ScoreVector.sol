// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Public vector of the score batch proof
/// @notice Protocol section 8: C commits to v before z is known, so equal evaluations at z mean equal vectors.
library ScoreVector {
    /// @notice Order of the BN254 scalar field.
    uint256 internal constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @notice Elements of v.
    uint256 internal constant LENGTH = 62;

    // A vector lies in memory with room for the hash's tag before it and C after it: word 0 tag, words 1..62 v, word 63 C.
    uint256 internal constant EPOCH = 1;
    uint256 internal constant BATCH = 2;
    uint256 internal constant CHAIN_ID = 3;
    uint256 internal constant ORACLE = 4;
    uint256 internal constant OLD_COMMITMENT = 5;
    uint256 internal constant NEW_COMMITMENT = 6;
    uint256 internal constant METHODOLOGY = 7;
    uint256 internal constant LAMBDA = 9;
    uint256 internal constant ETA = 10;
    uint256 internal constant FAIL_WEIGHT = 11;
    uint256 internal constant PRIOR_WEIGHT = 12;
    uint256 internal constant QUORUM = 13;
    uint256 internal constant MAX_IDLE = 14;
    uint256 internal constant ESTABLISHED_AT = 15;
    uint256 internal constant KEYS = 16;
    uint256 internal constant PRESENCE = 22;
    uint256 internal constant EVIDENCE = 23;
    uint256 internal constant SCORE_WORDS = 29;
    uint256 internal constant STATES = 33;
    uint256 internal constant COMMITMENT = 63;

    /// @notice Writes a 256-bit hash as two 128-bit limbs, high first, at `position`.
    function putHash(uint256[64] memory words, uint256 position, bytes32 hash) internal pure {
        words[position] = uint256(hash) >> 128;
        words[position + 1] = uint256(uint128(uint256(hash)));
    }

    /// @notice Copies score words and states from calldata to their places.
    function putResults(uint256[64] memory words, uint256[4] calldata scoreWords, uint256[30] calldata states)
        internal
        pure
    {
        assembly ("memory-safe") {
            calldatacopy(add(words, 928), scoreWords, 128) // word 29
            calldatacopy(add(words, 1056), states, 960) // word 33
        }
    }

    /// @notice z = keccak256("dpin/z/1" ‖ v ‖ C) mod r and y = Σ v_i·z^i mod r.
    /// @return inField whether every v_i and C is below r; z and y mean nothing otherwise
    function evaluate(uint256[64] memory words) internal pure returns (bool inField, uint256 z, uint256 y) {
        words[0] = uint256(uint64(bytes8("dpin/z/1")));
        uint256 field = FIELD;
        assembly ("memory-safe") {
            z := mod(keccak256(add(words, 24), 2024), field)
            inField := lt(mload(add(words, 2016)), field)
            // Horner's rule from v_61 (word 62) down to v_0 (word 1).
            for { let pointer := add(words, 1984) } gt(pointer, words) { pointer := sub(pointer, 32) } {
                let element := mload(pointer)
                inField := and(inField, lt(element, field))
                y := addmod(mulmod(y, z, field), element, field)
            }
        }
    }
}
