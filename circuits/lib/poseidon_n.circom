pragma circom 2.1.6;

include "circomlib/circuits/poseidon.circom";

// PoseidonN: a chain of Poseidon16 blocks of 15 elements each, zero-padded.
// `start` is Poseidon(keccak256(tag) mod r, n): a constant of the tag and the length (see tags.circom).
template PoseidonN(n, start) {
    signal input in[n];
    signal output out;

    var blocks = (n + 14) \ 15;
    component block[blocks];
    for (var b = 0; b < blocks; b++) {
        block[b] = Poseidon(16);
        if (b == 0) {
            block[b].inputs[0] <== start;
        } else {
            block[b].inputs[0] <== block[b - 1].out;
        }
        for (var j = 0; j < 15; j++) {
            if (15 * b + j < n) {
                block[b].inputs[1 + j] <== in[15 * b + j];
            } else {
                block[b].inputs[1 + j] <== 0;
            }
        }
    }
    out <== block[blocks - 1].out;
}
