package io.thalweg.replication.simulation;

import io.thalweg.replication.node.PeerLink;
import io.vertx.core.buffer.Buffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Connections between machines. Frames of one connection arrive in order or are lost; a connection breaks, at once for both
 * sides or long before one notices; a cut direction swallows everything while the connection seems to stand.
 */
final class SimulatedLinks {

    /** Who is told. */
    interface End {
        boolean isUp();

        void onFrame(int from, Buffer frame);

        void peerUp(int peer);

        void peerDown(int peer);
    }

    /** Sees what is sent, whether it arrives or not. */
    interface Watcher {
        void sent(int from, int to, Buffer frame);
    }

    private final Agenda agenda;
    private final SplittableRandom random;
    private final List<? extends End> ends;

    /** [from][to]: what {@code from} believes of the connection. */
    private final boolean[][] up;

    /** [from][to]: frames of an earlier connection do not arrive. */
    private final int[][] generation;

    private final long[][] lastArrivalMicros;
    private final Set<List<Integer>> cut = new HashSet<>();
    private Watcher watcher = (from, to, frame) -> {};
    private double loss;
    private double slow;

    SimulatedLinks(Agenda agenda, SplittableRandom random, List<? extends End> ends) {
        this.agenda = agenda;
        this.random = random;
        this.ends = ends;
        int size = ends.size() + 1;
        up = new boolean[size][size];
        generation = new int[size][size];
        lastArrivalMicros = new long[size][size];
    }

    private End end(int id) {
        return ends.get(id - 1);
    }

    private boolean isUp(int from, int to) {
        return up[from][to];
    }

    /** Instead of whoever did before. */
    void watch(Watcher by) {
        watcher = by;
    }

    /** As this one sees them. */
    PeerLink of(int id) {
        return new PeerLink() {
            @Override
            public void send(int to, Buffer frame) {
                watcher.sent(id, to, frame);
                SimulatedLinks.this.send(id, to, frame);
            }

            @Override
            public boolean isUp(int to) {
                return SimulatedLinks.this.isUp(id, to);
            }
        };
    }

    private void send(int from, int to, Buffer frame) {
        if (!up[from][to] || !up[to][from] || cut.contains(List.of(from, to)) || random.nextDouble() < loss) {
            return;
        }
        long delay = 50 + random.nextLong(300) + (random.nextDouble() < slow ? random.nextLong(100_000) : 0);
        long arrival = Math.max(lastArrivalMicros[from][to] + 1, agenda.nowMicros() + delay);
        lastArrivalMicros[from][to] = arrival;
        int of = generation[from][to];
        agenda.after(arrival - agenda.nowMicros(), () -> {
            if (generation[from][to] == of && end(to).isUp() && up[to][from]) {
                end(to).onFrame(from, frame);
            }
        });
    }

    // ---- connections

    /** Connects whoever is up, again and again. */
    void start() {
        agenda.after(random.nextLong(1_000), this::connect);
    }

    private void connect() {
        for (int a = 1; a <= ends.size(); a++) {
            for (int b = a + 1; b <= ends.size(); b++) {
                boolean possible = end(a).isUp() && end(b).isUp() && connects(a, b) && connects(b, a);
                if (possible && !(up[a][b] && up[b][a])) {
                    newGeneration(a, b);
                    connected(a, b);
                    connected(b, a);
                }
            }
        }
        agenda.after(20_000 + random.nextLong(60_000), this::connect);
    }

    private void connected(int at, int peer) {
        if (up[at][peer]) {
            // It had not noticed yet that the connection before was broken.
            end(at).peerDown(peer);
        }
        up[at][peer] = true;
        end(at).peerUp(peer);
    }

    private boolean connects(int from, int to) {
        return !cut.contains(List.of(from, to));
    }

    private void newGeneration(int a, int b) {
        generation[a][b]++;
        generation[b][a]++;
    }

    /** The connection breaks. Each side notices for itself, within so long. */
    void breakConnection(int a, int b, long micros) {
        if (up[a][b] || up[b][a]) {
            newGeneration(a, b);
            noticeLater(a, b, micros);
            noticeLater(b, a, micros);
        }
    }

    private void noticeLater(int at, int peer, long micros) {
        int of = generation[at][peer];
        agenda.after(1 + random.nextLong(micros), () -> {
            if (generation[at][peer] == of && up[at][peer]) {
                up[at][peer] = false;
                if (end(at).isUp()) {
                    end(at).peerDown(peer);
                }
            }
        });
    }

    /** The process is gone: its connections are reset, or, if the machine is gone, nobody hears of it for a while. */
    void gone(int id, long micros) {
        for (int other = 1; other <= ends.size(); other++) {
            if (other != id) {
                boolean stood = up[other][id];
                newGeneration(id, other);
                up[id][other] = false;
                if (stood) {
                    noticeLater(other, id, micros);
                }
            }
        }
    }

    // ---- faults

    void worsen() {
        loss = random.nextDouble(0.1);
        slow = random.nextDouble(0.1);
    }

    /** For less than TCP takes to give up. */
    void mute(int from, int to) {
        cut.add(List.of(from, to));
    }

    void cut(int from, int to) {
        mute(from, to);
        if (random.nextBoolean()) {
            // Sooner or later TCP gives up.
            agenda.after(random.nextLong(3_000_000), () -> {
                if (!connects(from, to)) {
                    breakConnection(from, to, 5_000);
                }
            });
        }
    }

    void heal() {
        cut.clear();
        loss = 0;
        slow = 0;
    }
}
