package io.thalweg.replication.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.log.Durability;
import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.InvariantViolation;
import io.thalweg.replication.Voters;
import io.thalweg.testkit.InMemoryFileSystem;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class PromiseStoreTest {

    private static final Path DATA = Path.of("/data");
    private static final Path FILE = DATA.resolve(PromiseStore.FILE);
    private static final Boot FSYNC = new Boot("first boot", Durability.FSYNC);
    private static final Boot OS = new Boot("first boot", Durability.OS);

    private final InMemoryFileSystem files = InMemoryFileSystem.with(DATA);
    private final Deque<Runnable> disk = new ArrayDeque<>();

    @Test
    void whatIsWaitingSharesOneFlush() throws IOException {
        PromiseStore store = open(FSYNC);
        List<Future<Void>> puts = List.of(put(store, 1), put(store, 2), put(store, 3));
        assertThat(puts).noneMatch(Future::isComplete);
        long before = files.forces();
        disk.poll().run();
        assertThat(puts.get(0).succeeded()).isTrue();
        assertThat(puts.get(1).isComplete()).isFalse();
        disk.poll().run();
        assertThat(puts).allMatch(Future::succeeded);
        assertThat(files.forces() - before).isEqualTo(2);
        assertThat(disk).isEmpty();
    }

    @Test
    void whatWasMadeDurableIsFoundAfterARestart() throws IOException {
        PromiseStore store = open(FSYNC);
        assertThat(store.created()).isTrue();
        put(store, 1);
        put(store, 2);
        put(store, 3);
        store.promise(id(1), new EpochPromise(7, 2));
        store.trusted(id(2), false);
        store.forget(id(3));
        flush();
        files.crash(1);
        PromiseStore again = open(FSYNC);
        assertThat(again.created()).isFalse();
        assertThat(again.states())
                .isEqualTo(Map.of(
                        id(1), new ReplicaState(new EpochPromise(7, 2), true, Voters.of(List.of(1, 2, 3))),
                        id(2), new ReplicaState(EpochPromise.NONE, false, Voters.of(List.of(1, 2, 3)))));
    }

    @Test
    void logsThatWereHereWithoutTheFileHaveLostTheirPromises() throws IOException {
        PromiseStore store = open(FSYNC, Set.of());
        put(store, 1);
        put(store, 2);
        put(store, 3);
        flush();
        files.delete(FILE);
        Set<LogId> logs = Set.of(id(1), id(2), id(3));
        assertThat(open(FSYNC, logs).lost()).isEqualTo(logs);

        // The file is there again, and still nobody knows what was promised.
        store = open(FSYNC, logs);
        assertThat(store.lost()).isEqualTo(logs);
        put(store, 1);
        store.forget(id(2));
        assertThat(store.lost()).isEqualTo(Set.of(id(3)));
        flush();
        files.crash(1);
        store = open(FSYNC, logs);
        assertThat(store.lost()).isEqualTo(Set.of(id(3)));
        assertThat(store.lost(id(3))).isTrue();
        assertThat(store.states()).containsOnlyKeys(id(1));
        // A new one that comes later has promised nothing.
        assertThat(store.lost(id(4))).isFalse();
    }

    @Test
    void anEpochIsNotPromisedTwice() throws IOException {
        PromiseStore store = open(FSYNC);
        put(store, 1);
        store.promise(id(1), new EpochPromise(7, 2));
        assertThatThrownBy(() -> store.promise(id(1), new EpochPromise(7, 3))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> store.promise(id(1), new EpochPromise(6, 2))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> store.promise(id(1), new EpochPromise(7, EpochPromise.NOBODY)))
                .isInstanceOf(InvariantViolation.class);
    }

    @Test
    void aFlushThatFailedIsNeverRetriedAsASuccess() throws IOException {
        PromiseStore store = open(FSYNC);
        put(store, 1);
        flush();
        files.failNextForce();
        Future<Void> lost = store.promise(id(1), new EpochPromise(7, 2));
        Future<Void> waiting = put(store, 2);
        flush();
        assertThat(lost.failed()).isTrue();
        assertThat(waiting.failed()).isTrue();
        Future<Void> later = store.promise(id(1), new EpochPromise(8, 2));
        flush();
        assertThat(later.failed()).isTrue();
    }

    @Test
    void aMachineThatWentDownLosesTrustUnlessItsLogsWereFlushed() throws IOException {
        assertThat(trustAfter(FSYNC, new Boot("second boot", Durability.FSYNC), false))
                .isTrue();
        assertThat(trustAfter(OS, new Boot("first boot", Durability.OS), false)).isTrue();
        assertThat(trustAfter(OS, new Boot("second boot", Durability.OS), true)).isTrue();
        assertThat(trustAfter(OS, new Boot("second boot", Durability.OS), false))
                .isFalse();
        assertThat(trustAfter(OS, new Boot("second boot", Durability.FSYNC), false))
                .isFalse();
    }

    private boolean trustAfter(Boot before, Boot after, boolean clean) throws IOException {
        files.delete(FILE);
        PromiseStore store = open(before);
        put(store, 1);
        if (clean) {
            store.close(true);
        }
        flush();
        files.crash(1);
        PromiseStore second = open(after);
        boolean trusted = second.states().get(id(1)).trusted();
        assertThat(second.lostTrust()).isEqualTo(!trusted);
        // It is not forgotten by a start of the process that follows.
        files.killProcess();
        assertThat(open(after).states().get(id(1)).trusted()).isEqualTo(trusted);
        return trusted;
    }

    @Test
    void aFlippedBitIsNeverAPromiseLess() throws IOException {
        PromiseStore store = open(FSYNC);
        put(store, 1);
        flush();
        store.promise(id(1), new EpochPromise(7, 2));
        flush();
        store.promise(id(1), new EpochPromise(8, 3));
        flush();
        files.syncAll();
        byte[] sound = WholeFile.read(files, FILE);
        int damaged = 0;
        int used = WholeFile.used(sound);
        for (long bit = 0; bit < 8L * used; bit++) {
            files.flipBit(FILE, bit);
            try {
                assertThat(open(FSYNC).states().get(id(1)).promise()).isEqualTo(new EpochPromise(8, 3));
            } catch (PromisesDamaged found) {
                damaged++;
            }
            WholeFile.write(files, FILE, sound);
        }
        assertThat(damaged).isGreaterThan(4 * used);
    }

    @Test
    void theFileIsBegunAnewWhenLittleOfItCounts() throws IOException {
        PromiseStore store = open(FSYNC, Set.of(id(100)));
        for (int partition = 0; partition < 100; partition++) {
            put(store, partition);
        }
        for (int epoch = 1; epoch < 60_000; epoch++) {
            store.promise(id(epoch % 100), new EpochPromise(epoch, epoch % 3));
            flush();
        }
        assertThat(files.size(FILE)).isLessThan(3 << 20);
        files.crash(1);
        PromiseStore again = open(FSYNC);
        assertThat(again.states()).isEqualTo(store.states());
        assertThat(again.lost()).isEqualTo(Set.of(id(100)));
    }

    @Test
    void afterCloseNothingIsTaken() throws IOException {
        PromiseStore store = open(FSYNC);
        Future<Void> closed = store.close(true);
        flush();
        assertThat(closed.succeeded()).isTrue();
        assertThat(put(store, 1).failed()).isTrue();
    }

    // ----

    private PromiseStore open(Boot boot) throws IOException {
        return open(boot, Set.of());
    }

    private PromiseStore open(Boot boot, Set<LogId> logs) throws IOException {
        disk.clear();
        return PromiseStore.open(files, DATA, boot, logs, disk::add, Runnable::run);
    }

    private static Future<Void> put(PromiseStore store, int partition) {
        return store.put(id(partition), new ReplicaState(EpochPromise.NONE, true, Voters.of(List.of(1, 2, 3))));
    }

    private void flush() {
        while (!disk.isEmpty()) {
            disk.poll().run();
        }
    }

    private static LogId id(int partition) {
        return new LogId(new Uuid(1, 2), partition);
    }
}
