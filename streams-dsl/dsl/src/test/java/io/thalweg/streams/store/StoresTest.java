package io.thalweg.streams.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.streams.topology.StoreKind;
import io.thalweg.streams.topology.StoreSerdes;
import io.thalweg.streams.topology.StoreSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StoresTest {

    private static final StoreSerdes TEXT = new StoreSerdes() {
        @Override
        public String keyName() {
            return "string";
        }

        @Override
        public String valueName() {
            return "string";
        }

        @Override
        public Object keyAsJson(byte[] key) {
            return new String(key, StandardCharsets.UTF_8);
        }

        @Override
        public Object valueAsJson(byte[] value) {
            return new String(value, StandardCharsets.UTF_8);
        }
    };

    private static StoreSpec spec(StoreKind kind, long retentionMillis, boolean duplicates) {
        return new StoreSpec("s", kind, retentionMillis, duplicates, "app-s-changelog", TEXT);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> rows(StateStore store) {
        List<String> rows = new ArrayList<>();
        store.forEach(row -> rows.add(row.toJson(store.spec()).encode()));
        rows.sort(null);
        return rows;
    }

    @Test
    void aKeyValueStoreIsAMap() {
        SplittableRandom random = new SplittableRandom(11);
        KeyValueStore store = new KeyValueStore(spec(StoreKind.KEY_VALUE, 0, false), StateBudget.UNLIMITED);
        Map<String, String> model = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            String key = "k".repeat(random.nextInt(12)) + random.nextInt(500);
            if (random.nextInt(4) == 0) {
                store.put(bytes(key), null, i);
                model.remove(key);
            } else {
                store.put(bytes(key), bytes("v" + i), i);
                model.put(key, "v" + i);
            }
        }
        assertThat(store.size()).isEqualTo(model.size());
        model.forEach((key, value) ->
                assertThat(store.get(bytes(key)).value()).as(key).isEqualTo(bytes(value)));
        assertThat(store.sorted())
                .extracting(row -> new String(row.key(), StandardCharsets.UTF_8))
                .isSorted();
    }

    @Test
    void memoryIsReservedAsItGrowsAndGivenBack() {
        AtomicLong reserved = new AtomicLong();
        StateBudget budget = bytes -> {
            if (reserved.get() + bytes > 1 << 20) {
                throw new StateBudgetException("budget is used up");
            }
            reserved.addAndGet(bytes);
        };
        KeyValueStore store = new KeyValueStore(spec(StoreKind.KEY_VALUE, 0, false), budget);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        store.put(bytes("k" + i), new byte[4_000], 0);
                    }
                })
                .isInstanceOf(StateBudgetException.class);
        assertThat(reserved.get()).isBetween(900_000L, 1L << 20);
        store.close();
        assertThat(reserved.get()).isZero();
    }

    @Test
    void expiredWindowsAreUnseenAtOnceAndTheirMemoryComesBack() {
        WindowStore store = new WindowStore(spec(StoreKind.WINDOW, 10_000, false), StateBudget.UNLIMITED);
        for (int i = 0; i < 2_000; i++) {
            byte[] key = bytes("k" + i);
            store.put(store.get(key), key, 0, bytes("v"), 0);
        }
        byte[] late = bytes("late");
        store.put(null, late, 10_000, bytes("v"), 10_000);
        assertThat(rows(store))
                .containsExactly("{\"key\":\"late\",\"start\":10000,\"value\":\"v\",\"timestamp\":10000}");
        assertThat(store.put(null, bytes("k1"), 0, bytes("v"), 0)).isEqualTo(-1);
        for (int i = 0; i < 2_000; i++) {
            store.observe(100_000);
        }
        assertThat(store.size()).isZero();
        assertThat(store.heldBytes()).isZero();
    }

    /** A crash leaves changes behind the last commit, which the next start undoes: they say nothing of time. */
    @Test
    void whatWasUndoneDoesNotLetTimePassForARestoredStore() {
        WindowStore windows = new WindowStore(spec(StoreKind.WINDOW, 10_000, false), StateBudget.UNLIMITED);
        windows.resumeAt(20_000);
        windows.restore(WindowStore.changelogKey(bytes("a"), 5_000, 0), bytes("expired"), 5_000);
        windows.restore(WindowStore.changelogKey(bytes("a"), 15_000, 0), bytes("alive"), 15_000);
        windows.restore(WindowStore.changelogKey(bytes("a"), 90_000, 0), bytes("not committed"), 90_000);
        windows.restore(WindowStore.changelogKey(bytes("a"), 90_000, 0), null, 0);
        SessionStore sessions = new SessionStore(spec(StoreKind.SESSION, 10_000, false), StateBudget.UNLIMITED);
        sessions.resumeAt(20_000);
        sessions.restore(SessionStore.changelogKey(bytes("a"), 5_000, 5_000), bytes("expired"), 5_000);
        sessions.restore(SessionStore.changelogKey(bytes("a"), 14_000, 15_000), bytes("alive"), 15_000);
        sessions.restore(SessionStore.changelogKey(bytes("a"), 90_000, 90_000), bytes("not committed"), 90_000);
        sessions.restore(SessionStore.changelogKey(bytes("a"), 90_000, 90_000), null, 0);

        for (StateStore store : List.of(windows, sessions)) {
            List<Long> starts = new ArrayList<>();
            store.forEach(row -> starts.add(row.startMillis()));
            assertThat(store.observedMillis()).isEqualTo(20_000);
            assertThat(store.size()).isEqualTo(1);
            assertThat(starts).containsExactly(store == windows ? 15_000L : 14_000L);
        }
    }

    @Test
    void aWindowStoreRestoredFromItsChangelogShowsTheSameRows() {
        for (boolean duplicates : new boolean[] {false, true}) {
            SplittableRandom random = new SplittableRandom(5);
            WindowStore store = new WindowStore(spec(StoreKind.WINDOW, 5_000, duplicates), StateBudget.UNLIMITED);
            WindowStore copy = new WindowStore(spec(StoreKind.WINDOW, 5_000, duplicates), StateBudget.UNLIMITED);
            for (int i = 0; i < 5_000; i++) {
                byte[] key = bytes("k" + random.nextInt(20));
                long start = i * 10L - random.nextInt(8_000);
                if (start < 0) {
                    continue;
                }
                int sequence = store.put(store.get(key), key, start, bytes("v" + i), i);
                if (sequence >= 0) {
                    copy.restore(WindowStore.changelogKey(key, start, sequence), bytes("v" + i), i);
                }
            }
            assertThat(rows(store)).hasSizeGreaterThan(50).isEqualTo(rows(copy));
        }
    }

    @Test
    void sessionsAreFoundByTheirBoundsAndRestored() {
        SessionStore store = new SessionStore(spec(StoreKind.SESSION, 10_000, false), StateBudget.UNLIMITED);
        byte[] key = bytes("k");
        store.put(key, 100, 200, bytes("one"));
        store.put(key, 5_000, 6_000, bytes("two"));
        assertThat(store.find(key, 200, 1_000))
                .extracting(SessionStore.Session::startMillis)
                .containsExactly(100L);
        assertThat(store.find(key, 201, 1_000)).isEmpty();
        store.remove(key, 100, 200);
        store.restore(SessionStore.changelogKey(key, 7_000, 8_000), bytes("three"), 8_000);
        store.restore(SessionStore.changelogKey(key, 5_000, 6_000), null, 8_000);
        assertThat(rows(store)).containsExactly("{\"key\":\"k\",\"start\":7000,\"end\":8000,\"value\":\"three\"}");
        store.put(key, 30_000, 30_000, bytes("four"));
        assertThat(rows(store)).hasSize(1);
    }
}
