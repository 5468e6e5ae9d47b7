// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Point checks on Baby Jubjub
/// @notice Twisted Edwards curve a·x² + y² = 1 + d·x²·y² over the BN254 scalar field, parameters of ERC-2494 and circomlib.
library BabyJubJub {
    /// @notice Order of the BN254 scalar field, over which the curve is defined.
    uint256 internal constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @notice Order of the prime subgroup; the curve's order is eight times this.
    uint256 internal constant SUBGROUP_ORDER =
        2736030358979909402780800718157159386076813972158567259200215660948447373041;
    uint256 internal constant A = 168700;
    uint256 internal constant D = 168696;

    /// @dev Projective coordinates: the affine point is (x/z, y/z).
    struct Point {
        uint256 x;
        uint256 y;
        uint256 z;
    }

    /// @notice Whether (x, y) is a usable public key: reduced coordinates, on the curve, in the prime subgroup, not the identity.
    function isPublicKey(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= FIELD || y >= FIELD || !isOnCurve(x, y)) return false;
        // With y = 1 the curve equation leaves only x = 0, the identity.
        if (x == 0 && y == 1) return false;
        return isInPrimeSubgroup(x, y);
    }

    /// @notice Whether reduced coordinates satisfy the curve equation.
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        uint256 xx = mulmod(x, x, FIELD);
        uint256 yy = mulmod(y, y, FIELD);
        return addmod(mulmod(A, xx, FIELD), yy, FIELD) == addmod(1, mulmod(D, mulmod(xx, yy, FIELD), FIELD), FIELD);
    }

    /// @notice Whether the subgroup order times the point on the curve is the identity.
    function isInPrimeSubgroup(uint256 x, uint256 y) internal pure returns (bool) {
        Point memory base = Point(x, y, 1);
        Point memory sum = Point(0, 1, 1);
        for (uint256 bit = 251; bit > 0; bit--) {
            sum = _add(sum, sum);
            if ((SUBGROUP_ORDER >> (bit - 1)) & 1 == 1) sum = _add(sum, base);
        }
        // The point of order two, (0, -1), also has x = 0: y must equal z.
        return sum.x == 0 && sum.y == sum.z;
    }

    /// @dev add-2008-bbjlp; complete on this curve (a is a square, d is not), so it doubles as well.
    function _add(Point memory p, Point memory q) private pure returns (Point memory sum) {
        uint256 zz = mulmod(p.z, q.z, FIELD);
        uint256 xx = mulmod(p.x, q.x, FIELD);
        uint256 yy = mulmod(p.y, q.y, FIELD);
        uint256 cross = mulmod(addmod(p.x, p.y, FIELD), addmod(q.x, q.y, FIELD), FIELD);
        uint256 e = mulmod(D, mulmod(xx, yy, FIELD), FIELD);
        uint256 zzzz = mulmod(zz, zz, FIELD);
        uint256 f = addmod(zzzz, FIELD - e, FIELD);
        uint256 g = addmod(zzzz, e, FIELD);
        cross = addmod(cross, FIELD - addmod(xx, yy, FIELD), FIELD);
        sum.x = mulmod(mulmod(zz, f, FIELD), cross, FIELD);
        sum.y = mulmod(mulmod(zz, g, FIELD), addmod(yy, FIELD - mulmod(A, xx, FIELD), FIELD), FIELD);
        sum.z = mulmod(f, g, FIELD);
    }
}
