pragma circom 2.1.6;

include "circomlib/circuits/comparators.circom";

// Sorts two 15-bit values.
template Order15() {
    signal input a;
    signal input b;
    signal output low;
    signal output high;

    component less = LessThan(15);
    less.in[0] <== a;
    less.in[1] <== b;
    low <== b + less.out * (a - b);
    high <== a + b - low;
}

// Lower median of the values whose reporter passed the node: sort with sentinel 2^15 - 1 for the others, take index
// floor((p - 1) / 2), which is 0 for one or two passes and 1 for three. Values have 15 bits, `passed` is boolean.
// With no pass the result is the sentinel.
template LowerMedian3() {
    signal input value[3];
    signal input passed[3];
    signal output out;

    var sentinel = 32767;
    signal masked[3];
    for (var i = 0; i < 3; i++) {
        masked[i] <== sentinel + passed[i] * (value[i] - sentinel);
    }

    component first = Order15();
    first.a <== masked[0];
    first.b <== masked[1];
    component second = Order15();
    second.a <== first.high;
    second.b <== masked[2];
    component third = Order15();
    third.a <== first.low;
    third.b <== second.low;

    signal firstTwo <== passed[0] * passed[1];
    signal all <== firstTwo * passed[2];
    out <== third.low + all * (third.high - third.low);
}
