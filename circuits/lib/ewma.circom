pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "range.circom";

// Two packed node states: alpha 26, beta 30, perf 31, idle 8 bits, the even node lowest. Checks every width.
template UnpackStates() {
    signal input packed;
    signal output alpha[2];
    signal output beta[2];
    signal output perf[2];
    signal output perfFloor[2]; // floor(perf / 2^16)
    signal output idle[2];

    component bits = Num2Bits(190);
    bits.in <== packed;
    for (var n = 0; n < 2; n++) {
        var a = 0;
        var b = 0;
        var p = 0;
        var whole = 0;
        var i = 0;
        for (var k = 0; k < 26; k++) { a += bits.out[95 * n + k] * (1 << k); }
        for (var k = 0; k < 30; k++) { b += bits.out[95 * n + 26 + k] * (1 << k); }
        for (var k = 0; k < 31; k++) { p += bits.out[95 * n + 56 + k] * (1 << k); }
        for (var k = 16; k < 31; k++) { whole += bits.out[95 * n + 56 + k] * (1 << (k - 16)); }
        for (var k = 0; k < 8; k++) { i += bits.out[95 * n + 87 + k] * (1 << k); }
        alpha[n] <== a;
        beta[n] <== b;
        perf[n] <== p;
        perfFloor[n] <== whole;
        idle[n] <== i;
    }
}

// One epoch of one node. Inputs have the widths of UnpackStates and parameters are in their bounds; then
// alpha' < 2^26 (lambda <= 65472), beta' < 2^30 (failWeight <= 15), perf' < 2^31 (perfBps <= 20000), idle' < 2^8.
// pass and fail are boolean and not both 1; without either only idle moves.
template Ewma() {
    signal input alpha;
    signal input beta;
    signal input perf;
    signal input perfFloor;
    signal input idle;
    signal input pass;
    signal input fail;
    signal input perfBps;
    signal input lambda;
    signal input eta;
    signal input failWeight;
    signal output newAlpha;
    signal output newBeta;
    signal output newPerf;
    signal output newPerfFloor;
    signal output newIdle;

    var one = 1 << 16;
    var voted = pass + fail;

    component alphaDecay = Floor16(26);
    alphaDecay.in <== alpha * lambda;
    newAlpha <== alpha + voted * (alphaDecay.out + one * pass - alpha);

    component betaDecay = Floor16(30);
    betaDecay.in <== beta * lambda;
    signal betaAdded <== fail * failWeight;
    newBeta <== beta + voted * (betaDecay.out + betaAdded * one - beta);

    // perf + floor((perfBps * 2^16 - perf) * eta / 2^16), with the integer perf drawn inside the floor.
    signal kept <== perf * (one - eta);
    signal added <== perfBps * eta;
    component average = Floor16(31);
    average.in <== kept + added * one;
    var averageFloor = 0;
    for (var k = 16; k < 31; k++) {
        averageFloor += average.bits[k] * (1 << (k - 16));
    }
    newPerf <== perf + pass * (average.out - perf);
    newPerfFloor <== perfFloor + pass * (averageFloor - perfFloor);

    component full = IsEqual();
    full.in[0] <== idle;
    full.in[1] <== 255;
    newIdle <== (1 - voted) * (idle + 1 - full.out);
}
