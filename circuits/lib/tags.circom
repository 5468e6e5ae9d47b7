pragma circom 2.1.6;

// First chaining values of PoseidonN for each tag and length used; a unit test recomputes them.

// Poseidon(keccak256("dpin/report/1") mod r, 13)
function REPORT_START() {
    return 1292705440582776000701276041889878414670233425980426607438504419588109557842;
}

// Poseidon(keccak256("dpin/state/1") mod r, 30)
function STATE_START() {
    return 15944685907092463251034667457313415829959658059066708043651131678902721652374;
}

// Poseidon(keccak256("dpin/vector/1") mod r, 62)
function VECTOR_START() {
    return 13501204222960435666984788607790533869072153225831299250364895708354296521163;
}
