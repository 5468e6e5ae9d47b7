pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "median.circom";

// Combines what three reporters say of a node. p + f < quorum or p = f: no vote; otherwise pass iff p > f.
// `passed` and `failed` of one reporter are boolean and not both 1; quorum is 1, 2 or 3; perf has 15 bits.
// perfBps is the lower median of the passing values, at most 20000; 0 unless the vote is a pass.
template Vote() {
    signal input passed[3];
    signal input failed[3];
    signal input perf[3];
    signal input quorum;
    signal output pass;
    signal output fail;
    signal output perfBps;

    var p = passed[0] + passed[1] + passed[2];
    var f = failed[0] + failed[1] + failed[2];

    // Each sum lies in 1..7; its bit 2 says whether it reaches 4.
    component enough = Num2Bits(3);
    enough.in <== p + f + 4 - quorum;
    component more = Num2Bits(3);
    more.in <== 3 + p - f;
    component fewer = Num2Bits(3);
    fewer.in <== 3 + f - p;
    pass <== enough.out[2] * more.out[2];
    fail <== enough.out[2] * fewer.out[2];

    component median = LowerMedian3();
    for (var i = 0; i < 3; i++) {
        median.value[i] <== perf[i];
        median.passed[i] <== passed[i];
    }
    perfBps <== pass * median.out;
    component bounded = Num2Bits(15);
    bounded.in <== 20000 - perfBps;
}
