package io.thalweg.gateway.admission;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives a door's connections their seats, so many in all and so many for each client address. Where a bound is reached, the
 * connection that came first of those that have not sent a request yet gives way to the new one, if possible one of the same
 * address: a flood of silent connections shuts nobody out, not even clients that share its address. With no silent one left,
 * the new one is refused.
 */
public final class ConnectionAdmission {

    private final int max;
    private final int perAddressMax;

    // All guarded by this.
    private final Map<String, Address> addresses = new HashMap<>();
    private final Set<Seat> silent = new LinkedHashSet<>();
    private int taken;

    /**
     * @param max seats of the door
     * @param perAddressMax seats for one client address
     */
    public ConnectionAdmission(int max, int perAddressMax) {
        this.max = max;
        this.perAddressMax = perAddressMax;
    }

    /** Of one client address; oldest first. */
    private static final class Address {
        private final Set<Seat> silent = new LinkedHashSet<>();
        private int taken;
    }

    /** What one connection holds. */
    public final class Seat {
        private final String address;
        private final Runnable cut;
        private boolean given;

        private Seat(String address, Runnable cut) {
            this.address = address;
            this.cut = cut;
        }

        /** The connection has sent a whole request: it does not give way any more. */
        public void heard() {
            synchronized (ConnectionAdmission.this) {
                noLongerSilent(this);
            }
        }

        /** The connection is closed. Idempotent, and does nothing if the seat was taken away. */
        public void left() {
            synchronized (ConnectionAdmission.this) {
                vacate(this);
            }
        }
    }

    /**
     * A seat for a connection that has just come, null if it must be closed.
     *
     * @param cut closes the connection, called at most once and from whichever thread admits the one it gives way to; must
     *     not block
     */
    public @Nullable Seat admit(String address, Runnable cut) {
        Seat seat = new Seat(address, cut);
        Seat evicted;
        synchronized (this) {
            Address from = addresses.get(address);
            boolean addressFull = from != null && from.taken >= perAddressMax;
            boolean full = addressFull || taken >= max;
            evicted = full ? toGiveWay(from, addressFull) : null;
            if (full && evicted == null) {
                return null;
            }
            if (evicted != null) {
                vacate(evicted);
            }
            take(seat);
        }
        if (evicted != null) {
            evicted.cut.run();
        }
        return seat;
    }

    /** One of the same address if there is any: who floods the door displaces nobody else. */
    private @Nullable Seat toGiveWay(@Nullable Address from, boolean addressFull) {
        Seat own = from == null ? null : first(from.silent);
        return own != null || addressFull ? own : first(silent);
    }

    private static @Nullable Seat first(Set<Seat> seats) {
        Iterator<Seat> oldestFirst = seats.iterator();
        return oldestFirst.hasNext() ? oldestFirst.next() : null;
    }

    private void take(Seat seat) {
        Address of = addresses.computeIfAbsent(seat.address, absent -> new Address());
        of.taken++;
        of.silent.add(seat);
        silent.add(seat);
        taken++;
        seat.given = true;
    }

    private void vacate(Seat seat) {
        if (!seat.given) {
            return;
        }
        seat.given = false;
        noLongerSilent(seat);
        taken--;
        Address of = addresses.get(seat.address);
        if (of != null && --of.taken == 0) {
            addresses.remove(seat.address);
        }
    }

    private void noLongerSilent(Seat seat) {
        if (silent.remove(seat)) {
            Address of = addresses.get(seat.address);
            if (of != null) {
                of.silent.remove(seat);
            }
        }
    }

    /** Seats taken now. */
    public synchronized int taken() {
        return taken;
    }
}
