// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "../lib/Test.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @title Invariants of the job market, in words at each check of MarketHandler
contract MarketInvariantTest is Test {
    MarketHandler private _handler;

    function setUp() public {
        _handler = new MarketHandler();
        bytes4[] memory steps = new bytes4[](8);
        steps[0] = MarketHandler.post.selector;
        steps[1] = MarketHandler.claim.selector;
        steps[2] = MarketHandler.submit.selector;
        steps[3] = MarketHandler.accept.selector;
        steps[4] = MarketHandler.expire.selector;
        steps[5] = MarketHandler.cancel.selector;
        steps[6] = MarketHandler.pass.selector;
        steps[7] = MarketHandler.fee.selector;
        targetContract(address(_handler));
        targetSelector(address(_handler), steps);
    }

    function invariant_escrowIsConserved() public view {
        _handler.checkEscrow();
        _handler.checkMoneyIsConserved();
    }
}
