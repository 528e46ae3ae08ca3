package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TurnBudgetTest {

    private long nanos;

    @Test
    void aTurnOfCheapRecordsEndsByTheirNumber() {
        TurnBudget budget = new TurnBudget(256, 2_000_000, () -> nanos);
        assertThat(records(budget, 200)).isEqualTo(256);
    }

    @Test
    void aTurnOfSlowRecordsEndsByTheClockWithTheRecordThatPassesIt() {
        TurnBudget budget = new TurnBudget(256, 2_000_000, () -> nanos);
        assertThat(records(budget, 300_000)).isEqualTo(7);
    }

    @Test
    void oneRecordIsAlwaysProcessed() {
        TurnBudget budget = new TurnBudget(256, 2_000_000, () -> nanos);
        assertThat(records(budget, 1_000_000_000)).isEqualTo(1);
    }

    private int records(TurnBudget budget, long nanosEach) {
        budget.begin();
        while (!budget.spent()) {
            nanos += nanosEach;
            budget.onRecord();
        }
        return budget.records();
    }
}
