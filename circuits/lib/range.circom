pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";

// Holds only for min <= in <= max, where max - min < 2^bits and 2^(bits + 1) < r.
template InRange(min, max, bits) {
    signal input in;

    component above = Num2Bits(bits);
    above.in <== in - min;
    component below = Num2Bits(bits);
    below.in <== max - in;
}

// out = floor(in / 2^16). Holds only when the quotient fits `quotientBits`; also gives the quotient's bits, lowest first.
template Floor16(quotientBits) {
    signal input in;
    signal output out;
    signal output bits[quotientBits];

    component all = Num2Bits(16 + quotientBits);
    all.in <== in;
    var quotient = 0;
    for (var i = 0; i < quotientBits; i++) {
        bits[i] <== all.out[16 + i];
        quotient += bits[i] * (1 << i);
    }
    out <== quotient;
}

// out = floor(numerator / denominator). Quotient, remainder and denominator - 1 - remainder are all bounded, so the
// pair is unique as long as quotientBits + remainderBits + 1 < 253 and numerator is a small integer.
template Divide(quotientBits, remainderBits) {
    signal input numerator;
    signal input denominator;
    signal output out;

    signal remainder;
    out <-- numerator \ denominator;
    remainder <-- numerator % denominator;
    numerator === out * denominator + remainder;

    component quotientRange = Num2Bits(quotientBits);
    quotientRange.in <== out;
    component remainderRange = Num2Bits(remainderBits);
    remainderRange.in <== remainder;
    component remainderBelow = Num2Bits(remainderBits);
    remainderBelow.in <== denominator - 1 - remainder;
}
