pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";

// out = values[index], the index given by two bits per level, lowest first.
template Pick(levels) {
    signal input values[4 ** levels];
    signal input bits[2 * levels];
    signal output out;

    signal both[levels];
    signal chosen[levels][4 ** levels];
    signal rest[levels][4 ** (levels - 1)];
    for (var l = 0; l < levels; l++) {
        var low = bits[2 * l];
        var high = bits[2 * l + 1];
        both[l] <== low * high;
        var selector[4] = [1 - low - high + both[l], low - both[l], high - both[l], both[l]];
        for (var i = 0; i < 4 ** (levels - 1); i++) {
            var sum = 0;
            for (var c = 0; c < 4; c++) {
                if (i < 4 ** (levels - 1 - l)) {
                    if (l == 0) {
                        chosen[l][4 * i + c] <== selector[c] * values[4 * i + c];
                    } else {
                        chosen[l][4 * i + c] <== selector[c] * rest[l - 1][4 * i + c];
                    }
                } else {
                    chosen[l][4 * i + c] <== 0;
                }
                sum += chosen[l][4 * i + c];
            }
            rest[l][i] <== sum;
        }
    }
    out <== rest[levels - 1][0];
}

// root is that of the tree whose nodes `shared` levels below it are `top`.
template Top(shared) {
    signal input top[4 ** shared];
    signal output root;

    component node[shared][4 ** (shared - 1)];
    for (var l = 0; l < shared; l++) {
        for (var i = 0; i < 4 ** (shared - 1 - l); i++) {
            node[l][i] = Poseidon(4);
            for (var c = 0; c < 4; c++) {
                if (l == 0) {
                    node[l][i].inputs[c] <== top[4 * i + c];
                } else {
                    node[l][i].inputs[c] <== node[l - 1][4 * i + c].out;
                }
            }
        }
    }
    root <== node[shared - 1][0].out;
}

// The leaf at `index` (two bits per level, lowest first) is Poseidon(seed, index), and its path leads to the right node
// of `top`. `children[l]` are the four hashes among which the path's hash stands at level l.
template TreePath(depth, shared) {
    signal input seed;
    signal input top[4 ** shared];
    signal input indexBits[2 * depth];
    signal input children[depth - shared][4];

    var index = 0;
    for (var i = 0; i < 2 * depth; i++) {
        index += indexBits[i] * (1 << i);
    }
    component leaf = Poseidon(2);
    leaf.inputs[0] <== seed;
    leaf.inputs[1] <== index;

    component node[depth - shared];
    component standing[depth - shared];
    for (var l = 0; l < depth - shared; l++) {
        standing[l] = Pick(1);
        node[l] = Poseidon(4);
        for (var c = 0; c < 4; c++) {
            standing[l].values[c] <== children[l][c];
            node[l].inputs[c] <== children[l][c];
        }
        standing[l].bits[0] <== indexBits[2 * l];
        standing[l].bits[1] <== indexBits[2 * l + 1];
        if (l == 0) {
            standing[l].out === leaf.out;
        } else {
            standing[l].out === node[l - 1].out;
        }
    }

    component end = Pick(shared);
    for (var i = 0; i < 4 ** shared; i++) {
        end.values[i] <== top[i];
    }
    for (var i = 0; i < 2 * shared; i++) {
        end.bits[i] <== indexBits[2 * (depth - shared) + i];
    }
    end.out === node[depth - shared - 1].out;
}

// At the `count` leaf indices that the coins draw, leaf and path of the tree with this root and seed are right. The
// topmost `shared` levels, where paths meet anyway, are hashed once for all of them.
template Tree(depth, count, shared) {
    signal input root;
    signal input seed;
    signal input coins;
    signal input top[4 ** shared];
    signal input children[count][depth - shared][4];

    component crown = Top(shared);
    for (var i = 0; i < 4 ** shared; i++) {
        crown.top[i] <== top[i];
    }
    crown.root === root;

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
        path[j] = TreePath(depth, shared);
        path[j].seed <== seed;
        for (var i = 0; i < 4 ** shared; i++) {
            path[j].top[i] <== top[i];
        }
        for (var i = 0; i < 2 * depth; i++) {
            path[j].indexBits[i] <== bits[j \ perHash].out[2 * depth * (j % perHash) + i];
        }
        for (var l = 0; l < depth - shared; l++) {
            for (var c = 0; c < 4; c++) {
                path[j].children[l][c] <== children[j][l][c];
            }
        }
    }
}

component main {public [root, seed, coins]} = Tree(6, 8, 2);
