// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {DPNToken} from "../../src/DPNToken.sol";
import {JobMarket} from "../../src/JobMarket.sol";
import {NodeRegistry} from "../../src/NodeRegistry.sol";
import {NodeStaking} from "../../src/NodeStaking.sol";
import {RewardDistributor} from "../../src/RewardDistributor.sol";
import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {Test} from "../lib/Test.sol";
import {ScoreBook} from "./ScoreBook.sol";

/// @title The economic contracts deployed as on a devnet, this test being governor and holder of the supply
abstract contract CoreTest is Test {
    uint256 internal constant THRESHOLD = 500 ether;
    uint256 internal constant STAKE_CAP = 10_000 ether;
    uint64 internal constant UNBONDING = 7 days;
    uint64 internal constant NOTICE = 3 days;
    uint64 internal constant WINDOW = 1 days;
    uint16 internal constant FEE_BPS = 250;
    uint8 internal constant CLASS = 2;

    AccessManager internal manager;
    DPNToken internal token;
    NodeRegistry internal registry;
    NodeStaking internal staking;
    ScoreBook internal scores;
    JobMarket internal market;
    RewardDistributor internal rewards;

    address internal treasury = makeAddr("treasury");
    address internal operator = makeAddr("operator");
    address internal worker = makeAddr("worker");
    address internal recipient = makeAddr("recipient");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        manager = new AccessManager(address(this));
        token = new DPNToken(address(this));
        registry = new NodeRegistry();
        staking = new NodeStaking(address(manager), token, registry, THRESHOLD, UNBONDING, NOTICE);
        scores = new ScoreBook();
        IReputationOracle oracle = IReputationOracle(address(scores));
        market = new JobMarket(address(manager), token, registry, staking, oracle, treasury, FEE_BPS, WINDOW);
        rewards = new RewardDistributor(address(manager), token, registry, staking, oracle, STAKE_CAP);
        staking.setRewardDistributor(rewards);
        rewards.setClassWeight(CLASS, 10_000);
        token.approve(address(rewards), type(uint256).max);
    }

    function register() internal returns (uint32 nodeId) {
        vm.prank(operator);
        nodeId = registry.registerNode(worker, recipient, CLASS, 1, "eu", "ipfs://node");
    }

    /// @dev A registered node with self-stake.
    function registerStaked(uint256 amount) internal returns (uint32 nodeId) {
        nodeId = register();
        stakeSelf(nodeId, amount);
    }

    function stakeSelf(uint32 nodeId, uint256 amount) internal {
        give(operator, amount);
        vm.prank(operator);
        staking.stake(nodeId, amount);
    }

    function delegateAs(address delegator, uint32 nodeId, uint256 amount) internal returns (uint256) {
        give(delegator, amount);
        vm.prank(delegator);
        return staking.delegate(nodeId, amount);
    }

    /// @dev Tokens, and approval for staking and the market.
    function give(address account, uint256 amount) internal {
        token.transfer(account, amount);
        vm.startPrank(account);
        token.approve(address(staking), type(uint256).max);
        token.approve(address(market), type(uint256).max);
        vm.stopPrank();
    }

    function setScore(uint32 nodeId, uint16 scoreBps) internal {
        scores.set(nodeId, scoreBps);
        sync(nodeId);
    }

    function sync(uint32 nodeId) internal {
        uint32[] memory ids = new uint32[](1);
        ids[0] = nodeId;
        rewards.sync(ids);
    }
}
