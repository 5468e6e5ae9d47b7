// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title What the score oracle is measured against
/// @notice A trusted poster writes each node's score and time to a word of its own, with an event per node and no proof.
contract NaiveScores {
    struct Entry {
        uint16 scoreBps;
        uint8 status;
        uint64 updatedAt;
    }

    address public immutable poster = msg.sender;
    mapping(uint32 nodeId => Entry) public scoreOf;

    event ScoreSet(uint32 indexed nodeId, uint16 scoreBps, uint8 status);

    error NotPoster();

    function post(uint32 firstNodeId, uint16[] calldata scores) external {
        if (msg.sender != poster) revert NotPoster();
        for (uint32 i = 0; i < scores.length; i++) {
            uint16 score = scores[i] & 0x3fff;
            uint8 status = uint8(scores[i] >> 14);
            scoreOf[firstNodeId + i] = Entry(score, status, uint64(block.timestamp));
            emit ScoreSet(firstNodeId + i, score, status);
        }
    }
}
