package io.thalweg.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.gateway.admission.ConnectionAdmission.Seat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionAdmissionTest {

    private final List<String> cut = new ArrayList<>();

    private Seat admit(ConnectionAdmission admission, String address, String name) {
        return admission.admit(address, () -> cut.add(name));
    }

    private Seat admitted(ConnectionAdmission admission, String address, String name) {
        return Objects.requireNonNull(admit(admission, address, name));
    }

    @Test
    void whoHasSpokenKeepsHisSeatAndTheNextIsRefused() {
        ConnectionAdmission admission = new ConnectionAdmission(2, 2);
        admitted(admission, "a", "first").heard();
        admitted(admission, "a", "second").heard();

        assertThat(admit(admission, "b", "third")).isNull();
        assertThat(admission.taken()).isEqualTo(2);
        assertThat(cut).isEmpty();
    }

    @Test
    void theOldestSilentOneGivesWay() {
        ConnectionAdmission admission = new ConnectionAdmission(3, 3);
        admitted(admission, "a", "spoken").heard();
        admitted(admission, "a", "older");
        admitted(admission, "a", "newer");

        assertThat(admit(admission, "b", "other")).isNotNull();
        assertThat(admit(admission, "b", "another")).isNotNull();
        assertThat(cut).containsExactly("older", "other");
        assertThat(admission.taken()).isEqualTo(3);
    }

    @Test
    void anAddressThatIsFullDisplacesItsOwnAlone() {
        ConnectionAdmission admission = new ConnectionAdmission(10, 2);
        admitted(admission, "victim", "bystander");
        for (int i = 0; i < 5; i++) {
            admitted(admission, "attacker", "flood-" + i);
        }

        assertThat(cut).containsExactly("flood-0", "flood-1", "flood-2");
        assertThat(admission.taken()).isEqualTo(3);
    }

    @Test
    void anAddressThatIsFullOfTheSpokenIsRefusedThoughOthersAreSilent() {
        ConnectionAdmission admission = new ConnectionAdmission(10, 1);
        admitted(admission, "a", "spoken").heard();
        admitted(admission, "b", "silent");

        assertThat(admit(admission, "a", "next")).isNull();
        assertThat(cut).isEmpty();
    }

    @Test
    void aSeatThatWasTakenAwayIsNotGivenBackTwice() {
        ConnectionAdmission admission = new ConnectionAdmission(1, 1);
        Seat displaced = admitted(admission, "a", "displaced");
        Seat next = admitted(admission, "a", "next");

        displaced.heard();
        displaced.left();
        displaced.left();
        assertThat(admission.taken()).isEqualTo(1);
        next.left();
        next.left();
        assertThat(admission.taken()).isZero();
    }

    @Test
    void theBoundsHoldWhateverComesAndGoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ConnectionAdmission admission = new ConnectionAdmission(20, 8);
        Map<Integer, Seat> seats = new HashMap<>();
        Map<Integer, String> addresses = new HashMap<>();
        Set<Integer> spoken = new HashSet<>();
        for (int step = 0; step < 20_000; step++) {
            int id = step;
            List<Integer> seated = List.copyOf(seats.keySet());
            switch (seated.isEmpty() ? 0 : random.nextInt(4)) {
                case 0, 1 -> {
                    String address = "a" + random.nextInt(4);
                    Seat seat = admission.admit(address, () -> {
                        Integer displaced = Collections.min(silent(seats, spoken, addresses, address));
                        seats.remove(displaced);
                        addresses.remove(displaced);
                    });
                    if (seat != null) {
                        seats.put(id, seat);
                        addresses.put(id, address);
                    }
                }
                case 2 -> {
                    int which = seated.get(random.nextInt(seated.size()));
                    seats.get(which).heard();
                    spoken.add(which);
                }
                default -> {
                    int which = seated.get(random.nextInt(seated.size()));
                    seats.remove(which).left();
                    addresses.remove(which);
                }
            }
            assertThat(admission.taken()).as("seed=%d step=%d", seed, step).isEqualTo(seats.size());
            assertThat(seats.size()).isLessThanOrEqualTo(20);
            for (String address : Set.copyOf(addresses.values())) {
                assertThat(Collections.frequency(addresses.values(), address))
                        .as("seed=%d step=%d", seed, step)
                        .isLessThanOrEqualTo(8);
            }
        }
    }

    /** Those who may give way to a new connection of this address: its own, and the others' if it has none. */
    private static List<Integer> silent(
            Map<Integer, Seat> seats, Set<Integer> spoken, Map<Integer, String> addresses, String address) {
        List<Integer> all =
                seats.keySet().stream().filter(id -> !spoken.contains(id)).toList();
        List<Integer> own =
                all.stream().filter(id -> address.equals(addresses.get(id))).toList();
        return own.isEmpty() ? all : own;
    }
}
