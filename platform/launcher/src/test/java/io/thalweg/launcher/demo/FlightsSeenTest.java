package io.thalweg.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FlightsSeenTest {

    private static final Flight FLIGHT = new Flight("2001/01/01 00:47", 66, 1750, "DTW", "LAS");
    private static final Flight OTHER = new Flight("2001/01/01 00:48", 66, 1750, "DTW", "LAS");

    @Test
    void twoReadersAgreeWhateverTheOrderOfThePartitions() {
        FlightsSeen first = new FlightsSeen();
        first.add(0, 0, "DTW", FLIGHT);
        first.add(1, 0, "DTW", OTHER);
        FlightsSeen second = new FlightsSeen();
        second.add(1, 0, "DTW", OTHER);
        second.add(0, 0, "DTW", FLIGHT);

        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(second.outOfOrder()).isZero();
    }

    @Test
    void anotherValueKeyPlaceOrCountMakesAnotherDigest() {
        FlightsSeen seen = new FlightsSeen();
        seen.add(0, 0, "DTW", FLIGHT);

        assertThat(List.of(digest(0, 0, "DTW", OTHER), digest(0, 0, "LAS", FLIGHT), digest(0, 1, "DTW", FLIGHT)))
                .doesNotContain(seen.digest());
        assertThat(new FlightsSeen().digest()).isNotEqualTo(seen.digest());
    }

    @Test
    void aRecordThatComesTwiceCountsOnce() {
        FlightsSeen seen = new FlightsSeen();
        seen.add(0, 0, "DTW", FLIGHT);
        seen.add(0, 0, "DTW", FLIGHT);

        assertThat(seen.count()).isEqualTo(1);
        assertThat(seen.repeated()).isEqualTo(1);
    }

    @Test
    void aResultWithAMissingRecordOrAStepBackIsNoSuccess() {
        FlightsSeen inOrder = new FlightsSeen();
        inOrder.add(0, 0, "DTW", FLIGHT);
        inOrder.add(0, 1, "DTW", OTHER);
        FlightsSeen steppedBack = new FlightsSeen();
        steppedBack.add(0, 1, "DTW", OTHER);
        steppedBack.add(0, 0, "DTW", FLIGHT);
        FlightsSeen missing = new FlightsSeen();
        missing.add(0, 0, "DTW", FLIGHT);

        result(inOrder, inOrder).check();
        assertThatThrownBy(() -> result(inOrder, steppedBack).check()).isInstanceOf(DemoFailure.class);
        assertThatThrownBy(() -> result(inOrder, missing).check()).hasMessageContaining("records=1 expected=2");
    }

    private static String digest(int partition, long offset, String key, Flight flight) {
        FlightsSeen seen = new FlightsSeen();
        seen.add(partition, offset, key, flight);
        return seen.digest();
    }

    private static DemoResult result(FlightsSeen one, FlightsSeen another) {
        return new DemoResult(
                null,
                "flights",
                1,
                2,
                1,
                List.of(),
                List.of(new ReadReport("one", one, 1, 1), new ReadReport("another", another, 1, 1)),
                List.of());
    }
}
