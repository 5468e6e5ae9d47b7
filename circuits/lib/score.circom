pragma circom 2.1.6;

include "circomlib/circuits/comparators.circom";
include "range.circom";

// Score and status of a node's new state: alpha < 2^26, beta < 2^30, perfFloor < 2^15, idle and maxIdle < 2^8,
// 2^16 <= priorWeight < 2^30, establishedAt < 2^31.
// Status, first match: 0 unrated (score 0), 3 failing, 1 provisional, 2 established.
template Score() {
    signal input alpha;
    signal input beta;
    signal input perfFloor;
    signal input idle;
    signal input priorWeight;
    signal input maxIdle;
    signal input establishedAt;
    signal output score;
    signal output status;

    component reliability = Divide(14, 32);
    reliability.numerator <== 10000 * alpha;
    reliability.denominator <== alpha + beta + priorWeight;

    component slow = LessThan(15);
    slow.in[0] <== perfFloor;
    slow.in[1] <== 10000;
    signal performance <== 10000 + slow.out * (perfFloor - 10000);
    component weighted = Divide(14, 14);
    weighted.numerator <== reliability.out * performance;
    weighted.denominator <== 10000;

    component unseen = IsZero();
    unseen.in <== alpha + beta;
    component stale = LessThan(8);
    stale.in[0] <== maxIdle;
    stale.in[1] <== idle;
    signal rated <== (1 - unseen.out) * (1 - stale.out);

    component failing = LessThan(30);
    failing.in[0] <== alpha;
    failing.in[1] <== beta;
    component provisional = LessThan(31);
    provisional.in[0] <== alpha + beta;
    provisional.in[1] <== establishedAt;
    signal ratedStatus <== 2 - provisional.out + failing.out * (1 + provisional.out);

    score <== rated * weighted.out;
    status <== rated * ratedStatus;
}
