package io.thalweg.replication.simulation;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Timers;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Time as the processes of one machine have it, one after the other: what waits ends with the process that it belongs to, and
 * nothing happens while that stands still.
 */
final class SimulatedProcess {

    private final SimulatedMachine machine;
    private final NodesSimulation simulation;
    private int incarnation;

    /** It stands still, as one that was sent SIGSTOP; what happens to it meanwhile waits here. */
    private boolean paused;

    private final Deque<Runnable> whenRunning = new ArrayDeque<>();

    SimulatedProcess(SimulatedMachine machine, NodesSimulation simulation) {
        this.machine = machine;
        this.simulation = simulation;
    }

    /** One more with each start and each end. */
    int incarnation() {
        return incarnation;
    }

    void start() {
        incarnation++;
    }

    void end() {
        incarnation++;
        whenRunning.clear();
        paused = false;
    }

    // ---- standing still

    boolean isPaused() {
        return paused;
    }

    /** Nothing of what happens reaches the process, and its clock goes on. */
    void pause(long micros) {
        if (!paused) {
            paused = true;
            int of = incarnation;
            simulation.agenda().after(micros, () -> {
                if (incarnation == of) {
                    resume();
                }
            });
        }
    }

    void resume() {
        paused = false;
        while (!paused && !whenRunning.isEmpty()) {
            whenRunning.poll().run();
        }
    }

    /** In the order in which it happened. */
    void whenRunning(Runnable task) {
        if (paused || !whenRunning.isEmpty()) {
            whenRunning.add(task);
        } else {
            task.run();
        }
    }

    // ---- time

    /** After so long, unless this process, or the one of this incarnation, has ended by then. */
    void whileUp(long micros, int of, Runnable task) {
        simulation.agenda().after(micros, () -> {
            if (incarnation == of) {
                whenRunning(task);
            }
        });
    }

    void whileUp(long micros, Runnable task) {
        whileUp(micros, incarnation, task);
    }

    Clock clock(long drawnOrigin) {
        long origin = simulation.clockOrigin(drawnOrigin);
        return new Clock() {
            @Override
            public long wallMillis() {
                return simulation.nowMicros() / 1_000;
            }

            @Override
            public long monotonicNanos() {
                return origin + simulation.nowMicros() * 1_000;
            }
        };
    }

    Timers timers() {
        int of = incarnation;
        return (delayMillis, task) -> {
            boolean[] cancelled = {false};
            whileUp(delayMillis * 1_000, of, () -> {
                if (!cancelled[0]) {
                    simulation.step(machine, task);
                }
            });
            return () -> cancelled[0] = true;
        };
    }
}
