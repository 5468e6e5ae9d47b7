// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title The two reads of the reputation oracle that staking rewards and jobs use, with scores set by the test
/// @notice The real oracle takes scores from Groth16 proofs only; its own tests cover that.
contract ScoreBook {
    struct Score {
        uint16 scoreBps;
        uint8 status;
        uint64 updatedAt;
    }

    mapping(uint32 nodeId => Score) private _scores;

    function set(uint32 nodeId, uint16 scoreBps) external {
        _scores[nodeId] = Score(scoreBps, 2, uint64(block.timestamp));
    }

    function scoreOf(uint32 nodeId) external view returns (uint16, uint8, uint64) {
        Score memory score = _scores[nodeId];
        return (score.scoreBps, score.status, score.updatedAt);
    }

    function meets(uint32 nodeId, uint16 minScoreBps, uint32 maxAge) external view returns (bool) {
        Score memory score = _scores[nodeId];
        return score.status != 0 && score.scoreBps >= minScoreBps && block.timestamp - score.updatedAt <= maxAge;
    }
}
