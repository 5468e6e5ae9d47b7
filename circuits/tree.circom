pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";

// The leaf at `index` (two bits per level, lowest first) is Poseidon(seed, index), and its path leads to the root.
// `children[l]` are the four hashes among which the path's hash stands at level l.
template TreePath(depth) {
    signal input seed;
    signal input root;
    signal input indexBits[2 * depth];
    signal input children[depth][4];

    var index = 0;
    for (var i = 0; i < 2 * depth; i++) {
        index += indexBits[i] * (1 << i);
    }
    component leaf = Poseidon(2);
    leaf.inputs[0] <== seed;
    leaf.inputs[1] <== index;

    component node[depth];
    signal both[depth];
    signal chosen[depth][4];
    for (var l = 0; l < depth; l++) {
        var low = indexBits[2 * l];
        var high = indexBits[2 * l + 1];
        both[l] <== low * high;
        var selector[4] = [1 - low - high + both[l], low - both[l], high - both[l], both[l]];
        var standing = 0;
        node[l] = Poseidon(4);
        for (var c = 0; c < 4; c++) {
            chosen[l][c] <== selector[c] * children[l][c];
            standing += chosen[l][c];
            node[l].inputs[c] <== children[l][c];
        }
        if (l == 0) {
            standing === leaf.out;
        } else {
            standing === node[l - 1].out;
        }
    }
    node[depth - 1].out === root;
}

// At the `count` leaf indices that the coins draw, leaf and path of the tree with this root and seed are right.
template Tree(depth, count) {
    signal input root;
    signal input seed;
    signal input coins;
    signal input children[count][depth][4];

    var perHash = 250 \ (2 * depth);
    var hashes = (count + perHash - 1) \ perHash;
    component draw[hashes];
    component bits[hashes];
    for (var s = 0; s < hashes; s++) {
        draw[s] = Poseidon(2);
        draw[s].inputs[0] <== coins;
        draw[s].inputs[1] <== s;
        bits[s] = Num2Bits_strict();
        bits[s].in <== draw[s].out;
    }

    component path[count];
    for (var j = 0; j < count; j++) {
        path[j] = TreePath(depth);
        path[j].seed <== seed;
        path[j].root <== root;
        for (var i = 0; i < 2 * depth; i++) {
            path[j].indexBits[i] <== bits[j \ perHash].out[2 * depth * (j % perHash) + i];
        }
        for (var l = 0; l < depth; l++) {
            for (var c = 0; c < 4; c++) {
                path[j].children[l][c] <== children[j][l][c];
            }
        }
    }
}

component main {public [root, seed, coins]} = Tree(6, 8);
