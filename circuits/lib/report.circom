pragma circom 2.1.6;

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "circomlib/circuits/eddsaposeidon.circom";
include "poseidon_n.circom";
include "tags.circom";

// Measurement words of a batch of 60 nodes: 14 nodes x 17 bits, node 0 lowest; perf in bits 0..14, fail in bit 15, pass
// in bit 16 (status 1 and 2). Bits beyond the last node and status 3 do not exist.
template Measurements() {
    signal input words[5];
    signal output perf[60];
    signal output failed[60];
    signal output passed[60];

    component bits[5];
    for (var w = 0; w < 5; w++) {
        var nodes = w < 4 ? 14 : 4;
        bits[w] = Num2Bits(17 * nodes);
        bits[w].in <== words[w];
        for (var k = 0; k < nodes; k++) {
            var node = 14 * w + k;
            var value = 0;
            for (var i = 0; i < 15; i++) {
                value += bits[w].out[17 * k + i] * (1 << i);
            }
            perf[node] <== value;
            failed[node] <== bits[w].out[17 * k + 15];
            passed[node] <== bits[w].out[17 * k + 16];
            failed[node] * passed[node] === 0;
        }
    }
}

// One reporter slot. Present: its key signed this report. Absent: evidence and words are zero, which is "no vote" for
// every node, and the signature inputs count for nothing. A slot with key (0, 0) is absent.
template Report() {
    signal input context[6]; // chainId, oracle, methodology hash high, low, epoch, batch
    signal input key[2];
    signal input present;
    signal input evidence[2];
    signal input words[5];
    signal input R8[2];
    signal input S;
    signal output perf[60];
    signal output failed[60];
    signal output passed[60];

    present * (1 - present) === 0;
    component inactive = IsZero();
    inactive.in <== key[0];
    inactive.out * present === 0;

    for (var i = 0; i < 2; i++) {
        evidence[i] * (1 - present) === 0;
    }
    for (var i = 0; i < 5; i++) {
        words[i] * (1 - present) === 0;
    }

    component message = PoseidonN(13, REPORT_START());
    for (var i = 0; i < 6; i++) {
        message.in[i] <== context[i];
    }
    for (var i = 0; i < 2; i++) {
        message.in[6 + i] <== evidence[i];
    }
    for (var i = 0; i < 5; i++) {
        message.in[8 + i] <== words[i];
    }

    // circomlib's verifier adds R8 with formulas that are complete on the curve only.
    component onCurve = BabyCheck();
    onCurve.x <== R8[0];
    onCurve.y <== R8[1];

    component signature = EdDSAPoseidonVerifier();
    signature.enabled <== present;
    signature.Ax <== key[0];
    signature.Ay <== key[1];
    signature.S <== S;
    signature.R8x <== R8[0];
    signature.R8y <== R8[1];
    signature.M <== message.out;

    component measurements = Measurements();
    for (var i = 0; i < 5; i++) {
        measurements.words[i] <== words[i];
    }
    for (var n = 0; n < 60; n++) {
        perf[n] <== measurements.perf[n];
        failed[n] <== measurements.failed[n];
        passed[n] <== measurements.passed[n];
    }
}
