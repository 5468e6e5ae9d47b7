// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title The score rules of protocol section 8 in Solidity
/// @notice A third implementation beside the circuit and TypeScript, for the shared vectors. The contracts never compute
/// scores: they check proofs.
library ScoreRules {
    struct Parameters {
        uint256 lambda;
        uint256 eta;
        uint256 failWeight;
        uint256 priorWeight;
        uint256 quorum;
        uint256 maxIdle;
        uint256 establishedAt;
    }

    struct State {
        uint256 alpha;
        uint256 beta;
        uint256 perf;
        uint256 idle;
    }

    uint256 internal constant ONE = 1 << 16;

    /// @param statuses 0 none, 1 fail, 2 pass
    function vote(uint256[3] memory statuses, uint256[3] memory perfs, uint256 quorum)
        internal
        pure
        returns (bool pass, bool fail, uint256 median)
    {
        uint256 passes;
        uint256 fails;
        uint256[3] memory passing;
        for (uint256 i = 0; i < 3; i++) {
            if (statuses[i] == 1) fails++;
            if (statuses[i] != 2) continue;
            // Insertion keeps the passing values sorted.
            uint256 place = passes++;
            for (; place > 0 && passing[place - 1] > perfs[i]; place--) {
                passing[place] = passing[place - 1];
            }
            passing[place] = perfs[i];
        }
        if (passes + fails < quorum || passes == fails) return (false, false, 0);
        if (passes < fails) return (false, true, 0);
        return (true, false, passing[(passes - 1) / 2]);
    }

    function next(State memory old, bool pass, bool fail, uint256 median, Parameters memory p)
        internal
        pure
        returns (State memory state)
    {
        if (!pass && !fail) {
            return State(old.alpha, old.beta, old.perf, old.idle < 255 ? old.idle + 1 : 255);
        }
        state.alpha = old.alpha * p.lambda / ONE + (pass ? ONE : 0);
        state.beta = old.beta * p.lambda / ONE + (fail ? p.failWeight * ONE : 0);
        state.perf = old.perf;
        if (pass) {
            // Arithmetic shift: floor towards minus infinity.
            int256 step = ((int256(median << 16) - int256(old.perf)) * int256(p.eta)) >> 16;
            state.perf = uint256(int256(old.perf) + step);
        }
    }

    function score(State memory s, Parameters memory p) internal pure returns (uint256 bps, uint256 status) {
        if (s.alpha + s.beta == 0 || s.idle > p.maxIdle) return (0, 0);
        uint256 reliability = 10_000 * s.alpha / (s.alpha + s.beta + p.priorWeight);
        uint256 performance = s.perf / ONE;
        bps = reliability * (performance < 10_000 ? performance : 10_000) / 10_000;
        if (s.beta > s.alpha) return (bps, 3);
        return (bps, s.alpha + s.beta < p.establishedAt ? 1 : 2);
    }
}
