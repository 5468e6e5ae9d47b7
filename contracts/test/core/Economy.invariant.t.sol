// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "../lib/Test.sol";
import {EconomyHandler} from "./EconomyHandler.sol";

/// @title Invariants of stake and rewards, in words at each check of EconomyHandler
contract EconomyInvariantTest is Test {
    EconomyHandler private _handler;

    function setUp() public {
        _handler = new EconomyHandler();
        bytes4[] memory steps = new bytes4[](16);
        steps[0] = EconomyHandler.stake.selector;
        steps[1] = EconomyHandler.delegate.selector;
        steps[2] = EconomyHandler.unbondSelf.selector;
        steps[3] = EconomyHandler.unbond.selector;
        steps[4] = EconomyHandler.withdraw.selector;
        steps[5] = EconomyHandler.pass.selector;
        steps[6] = EconomyHandler.score.selector;
        steps[7] = EconomyHandler.fund.selector;
        steps[8] = EconomyHandler.claim.selector;
        steps[9] = EconomyHandler.claimOperator.selector;
        steps[10] = EconomyHandler.commission.selector;
        steps[11] = EconomyHandler.retire.selector;
        steps[12] = EconomyHandler.threshold.selector;
        steps[13] = EconomyHandler.refresh.selector;
        steps[14] = EconomyHandler.parameters.selector;
        steps[15] = EconomyHandler.donate.selector;
        targetContract(address(_handler));
        targetSelector(address(_handler), steps);
    }

    function invariant_stakeIsBackedByTokens() public view {
        _handler.checkStakeIsBacked();
        _handler.checkSharesCreateNothing();
        _handler.checkCertification();
    }

    function invariant_rewardsAreFunded() public view {
        _handler.checkRewardsAreFunded();
        _handler.checkWeights();
    }
}
