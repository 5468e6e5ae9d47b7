pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "lib/ewma.circom";
include "lib/poseidon_n.circom";
include "lib/range.circom";
include "lib/report.circom";
include "lib/score.circom";
include "lib/tags.circom";
include "lib/vote.circom";

// The bounds on which every width in this circuit rests.
template Parameters() {
    signal input lambda;
    signal input eta;
    signal input failWeight;
    signal input priorWeight;
    signal input quorum;
    signal input maxIdle;
    signal input establishedAt;

    component lambdaRange = InRange(1, 65472, 16);
    lambdaRange.in <== lambda;
    component etaRange = InRange(1, 65536, 16);
    etaRange.in <== eta;
    component failWeightRange = InRange(1, 15, 4);
    failWeightRange.in <== failWeight;
    component priorWeightRange = InRange(1 << 16, (1 << 30) - 1, 30);
    priorWeightRange.in <== priorWeight;
    component quorumRange = InRange(1, 3, 2);
    quorumRange.in <== quorum;
    component maxIdleRange = InRange(0, 254, 8);
    maxIdleRange.in <== maxIdle;
    component establishedRange = Num2Bits(31);
    establishedRange.in <== establishedAt;
}

// A batch of 60 nodes measured by up to 3 reporters moves from oldCommitment to newCommitment and gets its scores.
// C commits to the 62 public words v, y = sum of v_i * z^i; all else is private, so the verifier's cost does not grow
// with v. The contract must derive z from v and C.
template ScoreBatch() {
    signal input C;
    signal input z;
    signal input y;

    signal input epoch;
    signal input batch;
    signal input chainId;
    signal input oracle;
    signal input methodology[2];
    signal input lambda;
    signal input eta;
    signal input failWeight;
    signal input priorWeight;
    signal input quorum;
    signal input maxIdle;
    signal input establishedAt;
    signal input keys[3][2];
    signal input present[3];
    signal input evidence[3][2];
    signal input words[3][5];
    signal input R8[3][2];
    signal input S[3];
    signal input oldStates[30];

    component parameters = Parameters();
    parameters.lambda <== lambda;
    parameters.eta <== eta;
    parameters.failWeight <== failWeight;
    parameters.priorWeight <== priorWeight;
    parameters.quorum <== quorum;
    parameters.maxIdle <== maxIdle;
    parameters.establishedAt <== establishedAt;

    component enough = Num2Bits(2);
    enough.in <== present[0] + present[1] + present[2] - quorum;

    component report[3];
    for (var r = 0; r < 3; r++) {
        report[r] = Report();
        report[r].context[0] <== chainId;
        report[r].context[1] <== oracle;
        report[r].context[2] <== methodology[0];
        report[r].context[3] <== methodology[1];
        report[r].context[4] <== epoch;
        report[r].context[5] <== batch;
        report[r].present <== present[r];
        report[r].S <== S[r];
        for (var i = 0; i < 2; i++) {
            report[r].key[i] <== keys[r][i];
            report[r].evidence[i] <== evidence[r][i];
            report[r].R8[i] <== R8[r][i];
        }
        for (var i = 0; i < 5; i++) {
            report[r].words[i] <== words[r][i];
        }
    }

    component unpack[30];
    component vote[60];
    component ewma[60];
    component score[60];
    signal newStates[30];
    signal scoreWords[4];
    for (var w = 0; w < 30; w++) {
        unpack[w] = UnpackStates();
        unpack[w].packed <== oldStates[w];
        var packed = 0;
        for (var half = 0; half < 2; half++) {
            var n = 2 * w + half;
            vote[n] = Vote();
            for (var r = 0; r < 3; r++) {
                vote[n].passed[r] <== report[r].passed[n];
                vote[n].failed[r] <== report[r].failed[n];
                vote[n].perf[r] <== report[r].perf[n];
            }
            vote[n].quorum <== quorum;

            ewma[n] = Ewma();
            ewma[n].alpha <== unpack[w].alpha[half];
            ewma[n].beta <== unpack[w].beta[half];
            ewma[n].perf <== unpack[w].perf[half];
            ewma[n].perfFloor <== unpack[w].perfFloor[half];
            ewma[n].idle <== unpack[w].idle[half];
            ewma[n].pass <== vote[n].pass;
            ewma[n].fail <== vote[n].fail;
            ewma[n].perfBps <== vote[n].perfBps;
            ewma[n].lambda <== lambda;
            ewma[n].eta <== eta;
            ewma[n].failWeight <== failWeight;

            score[n] = Score();
            score[n].alpha <== ewma[n].newAlpha;
            score[n].beta <== ewma[n].newBeta;
            score[n].perfFloor <== ewma[n].newPerfFloor;
            score[n].idle <== ewma[n].newIdle;
            score[n].priorWeight <== priorWeight;
            score[n].maxIdle <== maxIdle;
            score[n].establishedAt <== establishedAt;

            var node = ewma[n].newAlpha
                + ewma[n].newBeta * (1 << 26)
                + ewma[n].newPerf * (1 << 56)
                + ewma[n].newIdle * (1 << 87);
            packed += node * (1 << (95 * half));
        }
        newStates[w] <== packed;
    }
    for (var w = 0; w < 4; w++) {
        var word = 0;
        for (var k = 0; k < 15; k++) {
            word += (score[15 * w + k].score + score[15 * w + k].status * (1 << 14)) * (1 << (16 * k));
        }
        scoreWords[w] <== word;
    }

    component oldCommitment = PoseidonN(30, STATE_START());
    component newCommitment = PoseidonN(30, STATE_START());
    for (var w = 0; w < 30; w++) {
        oldCommitment.in[w] <== oldStates[w];
        newCommitment.in[w] <== newStates[w];
    }

    signal v[62];
    v[0] <== epoch;
    v[1] <== batch;
    v[2] <== chainId;
    v[3] <== oracle;
    v[4] <== oldCommitment.out;
    v[5] <== newCommitment.out;
    v[6] <== methodology[0];
    v[7] <== methodology[1];
    v[8] <== lambda;
    v[9] <== eta;
    v[10] <== failWeight;
    v[11] <== priorWeight;
    v[12] <== quorum;
    v[13] <== maxIdle;
    v[14] <== establishedAt;
    for (var r = 0; r < 3; r++) {
        v[15 + 2 * r] <== keys[r][0];
        v[16 + 2 * r] <== keys[r][1];
        v[22 + 2 * r] <== evidence[r][0];
        v[23 + 2 * r] <== evidence[r][1];
    }
    v[21] <== present[0] + 2 * present[1] + 4 * present[2];
    for (var w = 0; w < 4; w++) {
        v[28 + w] <== scoreWords[w];
    }
    for (var w = 0; w < 30; w++) {
        v[32 + w] <== newStates[w];
    }

    component commitment = PoseidonN(62, VECTOR_START());
    for (var i = 0; i < 62; i++) {
        commitment.in[i] <== v[i];
    }
    C === commitment.out;

    signal sum[62];
    sum[61] <== v[61];
    for (var i = 60; i >= 0; i--) {
        sum[i] <== sum[i + 1] * z + v[i];
    }
    y === sum[0];
}

component main {public [C, z, y]} = ScoreBatch();
