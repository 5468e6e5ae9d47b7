// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {CoreTest} from "./CoreTest.sol";

contract DPNTokenTest is CoreTest {
    function test_wholeSupplyIsMintedOnceToTheHolder() public view {
        vm.assertEq(token.totalSupply(), 210_000_000 ether, "supply");
        vm.assertEq(token.balanceOf(address(this)), 210_000_000 ether, "holder");
        vm.assertEq(token.symbol(), "DPN");
    }

    function test_votesFollowDelegationAndTransfers() public {
        token.transfer(alice, 10 ether);
        vm.prank(alice);
        token.delegate(bob);
        vm.assertEq(token.getVotes(bob), 10 ether, "after delegation");
        vm.prank(alice);
        token.transfer(treasury, 4 ether);
        vm.assertEq(token.getVotes(bob), 6 ether, "after transfer");
        uint48 then = token.clock();
        vm.assertEq(uint256(then), block.timestamp, "clock is the time");
        vm.warp(block.timestamp + 10);
        vm.assertEq(token.getPastVotes(bob, then), 6 ether, "past votes by timestamp");
        vm.assertEq(token.CLOCK_MODE(), "mode=timestamp");
    }

    function testFuzz_permitSetsTheAllowanceOnce(uint256 value) public {
        uint256 key = 0xA11CE;
        address owner = vm.addr(key);
        uint256 deadline = block.timestamp + 1 hours;
        bytes32 digest = keccak256(
            abi.encodePacked(
                hex"1901",
                token.DOMAIN_SEPARATOR(),
                keccak256(
                    abi.encode(
                        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                        owner,
                        bob,
                        value,
                        token.nonces(owner),
                        deadline
                    )
                )
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        token.permit(owner, bob, value, deadline, v, r, s);
        vm.assertEq(token.allowance(owner, bob), value, "allowance");
        vm.expectRevert();
        token.permit(owner, bob, value, deadline, v, r, s);
    }
}
