pragma circom 2.1.6;

include "../../../circuits/lib/ewma.circom";
include "../../../circuits/lib/score.circom";
include "../../../circuits/lib/vote.circom";

// Everything that one node's score is made of, small enough to tamper with every wire.
template NodeScore() {
    signal input passed[3];
    signal input failed[3];
    signal input perf[3];
    signal input packed;
    signal input quorum;
    signal input lambda;
    signal input eta;
    signal input failWeight;
    signal input priorWeight;
    signal input maxIdle;
    signal input establishedAt;
    signal output state[4];
    signal output score;
    signal output status;

    component unpack = UnpackStates();
    unpack.packed <== packed;
    component vote = Vote();
    for (var r = 0; r < 3; r++) {
        vote.passed[r] <== passed[r];
        vote.failed[r] <== failed[r];
        vote.perf[r] <== perf[r];
    }
    vote.quorum <== quorum;
    component ewma = Ewma();
    ewma.alpha <== unpack.alpha[0];
    ewma.beta <== unpack.beta[0];
    ewma.perf <== unpack.perf[0];
    ewma.perfFloor <== unpack.perfFloor[0];
    ewma.idle <== unpack.idle[0];
    ewma.pass <== vote.pass;
    ewma.fail <== vote.fail;
    ewma.perfBps <== vote.perfBps;
    ewma.lambda <== lambda;
    ewma.eta <== eta;
    ewma.failWeight <== failWeight;
    component scored = Score();
    scored.alpha <== ewma.newAlpha;
    scored.beta <== ewma.newBeta;
    scored.perfFloor <== ewma.newPerfFloor;
    scored.idle <== ewma.newIdle;
    scored.priorWeight <== priorWeight;
    scored.maxIdle <== maxIdle;
    scored.establishedAt <== establishedAt;
    state[0] <== ewma.newAlpha;
    state[1] <== ewma.newBeta;
    state[2] <== ewma.newPerf;
    state[3] <== ewma.newIdle;
    score <== scored.score;
    status <== scored.status;
}

component main {public [passed, failed, perf, packed, quorum, lambda, eta, failWeight, priorWeight, maxIdle, establishedAt]} = NodeScore();
