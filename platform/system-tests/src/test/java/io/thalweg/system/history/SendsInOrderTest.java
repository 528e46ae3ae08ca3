package io.thalweg.system.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.HistoryEvent.Outcome;
import io.thalweg.system.history.HistoryEvent.Send;
import org.junit.jupiter.api.Test;

class SendsInOrderTest {

    private final History history = new History();
    private final SendsInOrder sends = new SendsInOrder(history);

    @Test
    void whatIsAnsweredLateIsToldInItsPlace() {
        sends.add(1, send(1));
        sends.add(3, send(3));
        sends.add(4, send(4));
        assertThat(history.events()).containsExactly(send(1));

        sends.add(2, send(2));

        assertThat(history.events()).containsExactly(send(1), send(2), send(3), send(4));
    }

    @Test
    void nothingIsKeptBackInTheEnd() {
        sends.add(3, send(3));
        sends.add(2, send(2));

        sends.end();

        assertThat(history.events()).containsExactly(send(2), send(3));
    }

    /** The checker must see what lies in the wrong order, and nothing else. */
    @Test
    void onlyAWrongOrderInTheLogIsFound() {
        sends.add(2, new Send("writer", "ledger/0", 2, 1, Outcome.OK));
        sends.add(1, new Send("writer", "ledger/0", 1, 0, Outcome.OK));
        assertThat(HistoryChecker.check(history).anomalies()).doesNotContainKey(Anomaly.NONMONOTONIC_SEND);

        sends.add(4, new Send("writer", "ledger/0", 4, 2, Outcome.OK));
        sends.add(3, new Send("writer", "ledger/0", 3, 3, Outcome.OK));
        assertThat(HistoryChecker.check(history).anomalies()).containsKey(Anomaly.NONMONOTONIC_SEND);
    }

    private static Send send(long value) {
        return new Send("writer", "ledger/0", value, value, Outcome.OK);
    }
}
