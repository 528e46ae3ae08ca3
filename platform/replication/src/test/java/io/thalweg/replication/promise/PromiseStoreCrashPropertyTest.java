package io.thalweg.replication.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.Durability;
import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Voters;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;

/**
 * Processes and machines die at any operation of the disk, also while the file is begun anew, and again while the next
 * process begins. What was said to be durable is always found, and what is found is something that was asked for.
 */
class PromiseStoreCrashPropertyTest {

    private static final Path DATA = Path.of("/data");
    private static final Boot BOOT = new Boot("boot", Durability.FSYNC);
    private static final int PARTITIONS = 4;

    private final InMemoryFileSystem files = InMemoryFileSystem.with(DATA);
    private final Deque<Runnable> disk = new ArrayDeque<>();

    /** What was asked for, in order, from the last that is known to be durable on. */
    private final Map<LogId, List<ReplicaState>> asked = new HashMap<>();

    @Seeds(count = 300)
    void noPromiseIsForgotten(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int life = 0; life < 12; life++) {
            PromiseStore store = openAtLast(random);
            if (random.nextBoolean()) {
                files.powerOffAfter(random.nextInt(40));
            }
            live(store, random);
            die(random);
        }
    }

    private PromiseStore openAtLast(SplittableRandom random) throws IOException {
        for (int attempt = 0; attempt < 3; attempt++) {
            // The power may go again while a process begins.
            files.powerOffAfter(random.nextInt(12));
            try {
                found(open());
            } catch (PromisesDamaged damaged) {
                throw damaged;
            } catch (IOException powerless) {
                assertThat(files.poweredOff()).isTrue();
            }
            die(random);
        }
        PromiseStore store = open();
        found(store);
        return store;
    }

    private PromiseStore open() throws IOException {
        disk.clear();
        return PromiseStore.open(files, DATA, BOOT, Set.of(), disk::add, Runnable::run);
    }

    /** What is found is acted on, so from now on it counts as durable. */
    private void found(PromiseStore store) {
        asked.forEach((id, states) -> {
            assertThat(states).contains(store.state(id));
            int found = states.lastIndexOf(store.state(id));
            states.subList(found + 1, states.size()).clear();
            states.subList(0, found).clear();
        });
    }

    private void live(PromiseStore store, SplittableRandom random) {
        int steps = random.nextInt(60);
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(3) == 0 && !disk.isEmpty()) {
                disk.poll().run();
            } else {
                ask(store, new LogId(new Uuid(1, 2), random.nextInt(PARTITIONS)), random);
            }
        }
    }

    private void ask(PromiseStore store, LogId id, SplittableRandom random) {
        ReplicaState before = store.state(id);
        ReplicaState next;
        if (before == null) {
            next = new ReplicaState(EpochPromise.NONE, random.nextBoolean(), Voters.of(List.of(1, 2, 3)));
        } else if (random.nextBoolean()) {
            next = before.trusted(!before.trusted());
        } else {
            int epoch = before.promise().epoch() + 1;
            next = before.promised(new EpochPromise(epoch, random.nextInt(3)));
        }
        List<ReplicaState> states = asked.computeIfAbsent(id, any -> new ArrayList<>());
        if (before == null && states.isEmpty()) {
            states.add(null);
        }
        states.add(next);
        int at = states.size() - 1;
        store.put(id, next).onSuccess(durable -> {
            // What came before is what nobody may find any more; indexes must stay, so it is overwritten.
            for (int i = 0; i < at; i++) {
                states.set(i, next);
            }
        });
    }

    private void die(SplittableRandom random) {
        disk.clear();
        if (files.poweredOff() || random.nextBoolean()) {
            files.crash(random.nextLong());
        } else {
            files.killProcess();
        }
    }
}
