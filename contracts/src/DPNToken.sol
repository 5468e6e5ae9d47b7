// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title DPN, the network's token
/// @notice ERC-20 with permit and vote delegation. The whole supply is minted once; there is no way to mint more.
/// @dev On mainnet the token exists already and its address is configuration; devnets and testnets deploy this one.
contract DPNToken is ERC20, ERC20Permit, ERC20Votes {
    /// @notice All DPN that will ever exist, in wei.
    uint256 public constant SUPPLY = 210_000_000 ether;

    /// @param holder receives the whole supply
    constructor(address holder) ERC20("DPN Token", "DPN") ERC20Permit("DPN Token") {
        _mint(holder, SUPPLY);
    }

    /// @notice Votes are counted at timestamps: block times on BNB Chain have changed more than once.
    /// @return current block timestamp, seconds
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice How to read {clock} (ERC-6372).
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice Next permit or vote-delegation nonce of an account.
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
