"""One recurrent layer over a window, forward and backward by hand, row by row and step by step.

Letters: B rows, T time steps, D input size, H units. Gates in the order f, i, o, g; g is the textbook's "c" row of
W, U and b. `restart[t, b]` says that row b's states are set to zero before step t; no gradient passes there.
"""

import numpy as np


def logistic(a):
    """1 / (1 + exp(-a)), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * a))


def _squash(c, squashing):
    return np.tanh(c) if squashing == "tanh" else c


def _squash_slope(c, squashing):
    return 1.0 - np.tanh(c) ** 2 if squashing == "tanh" else np.ones_like(c)


def lstm_forward(x, W, U, b, c0, h0, restart, p=None, squashing="tanh"):
    """LSTM layer, with peepholes when `p` (3, H: p_f, p_i, p_o) is given; sigma_h is `squashing`.

    x (T, B, D); W (4, H, D); U (4, H, H); b (4, H); c0, h0 (B, H); restart (T, B).
    Returns a dict of (T, B, H) arrays: f, i, o, g, c, h and the states each step began with, c_before and h_before.
    """
    T, B, _ = x.shape
    H = U.shape[-1]
    W_f, W_i, W_o, W_c = W
    U_f, U_i, U_o, U_c = U
    b_f, b_i, b_o, b_c = b
    p_f, p_i, p_o = np.zeros((3, H)) if p is None else p
    kept = {name: np.zeros((T, B, H)) for name in ("f", "i", "o", "g", "c", "h", "c_before", "h_before")}
    for row in range(B):
        c, h = c0[row], h0[row]
        for t in range(T):
            if restart[t, row]:
                c, h = np.zeros(H), np.zeros(H)
            kept["c_before"][t, row], kept["h_before"][t, row] = c, h
            x_t = x[t, row]
            f = logistic(W_f @ x_t + U_f @ h + p_f * c + b_f)
            i = logistic(W_i @ x_t + U_i @ h + p_i * c + b_i)
            g = np.tanh(W_c @ x_t + U_c @ h + b_c)
            c = f * c + i * g
            o = logistic(W_o @ x_t + U_o @ h + p_o * c + b_o)
            h = o * _squash(c, squashing)
            for name, value in (("f", f), ("i", i), ("o", o), ("g", g), ("c", c), ("h", h)):
                kept[name][t, row] = value
    return kept


def lstm_backward(dy, dc_final, dh_final, kept, x, W, U, restart, p=None, squashing="tanh"):
    """Gradients of one LSTM layer from those of its outputs, dy (T, B, H), and of its final states (B, H).

    Returns a dict: x, W, U, b, p (zeros without peepholes), c0, h0.
    """
    T, B, H = dy.shape
    p_f, p_i, p_o = np.zeros((3, H)) if p is None else p
    dx, dW, dU, db, dp = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U), np.zeros((4, H)), np.zeros((3, H))
    dc0, dh0 = np.zeros((B, H)), np.zeros((B, H))
    for row in range(B):
        dc, dh = dc_final[row], dh_final[row]
        for t in reversed(range(T)):
            f, i, o, g, c = (kept[name][t, row] for name in ("f", "i", "o", "g", "c"))
            c_before, h_before, x_t = kept["c_before"][t, row], kept["h_before"][t, row], x[t, row]
            dh = dh + dy[t, row]
            da_o = dh * _squash(c, squashing) * o * (1.0 - o)
            dc = dc + dh * o * _squash_slope(c, squashing) + da_o * p_o
            da_f = dc * c_before * f * (1.0 - f)
            da_i = dc * g * i * (1.0 - i)
            da_g = dc * i * (1.0 - g**2)
            dp += [da_f * c_before, da_i * c_before, da_o * c]
            dc = dc * f + da_f * p_f + da_i * p_i
            dh = np.zeros(H)
            for gate, da in enumerate((da_f, da_i, da_o, da_g)):
                dW[gate] += np.outer(da, x_t)
                dU[gate] += np.outer(da, h_before)
                db[gate] += da
                dx[t, row] += W[gate].T @ da
                dh = dh + U[gate].T @ da
            if restart[t, row]:
                dc, dh = np.zeros(H), np.zeros(H)
        dc0[row], dh0[row] = dc, dh
    return {"x": dx, "W": dW, "U": dU, "b": db, "p": dp, "c0": dc0, "h0": dh0}


def gru_forward(x, W, U, b, b_hn, h0, restart):
    """GRU layer whose reset gate comes after the product: x (T, B, D); W (3, H, D), U (3, H, H), b (3, H) of r, z, n.

    b_hn (H) is the recurrent bias of n; h0 (B, H). Returns r, z, n, h, h_before and m = U_n h' + b_hn, each (T, B, H).
    """
    T, B, _ = x.shape
    H = U.shape[-1]
    kept = {name: np.zeros((T, B, H)) for name in ("r", "z", "n", "h", "m_before", "h_before")}
    for row in range(B):
        h = h0[row]
        for t in range(T):
            if restart[t, row]:
                h = np.zeros(H)
            r = logistic(W[0] @ x[t, row] + b[0] + U[0] @ h)
            z = logistic(W[1] @ x[t, row] + b[1] + U[1] @ h)
            m = U[2] @ h + b_hn
            n = np.tanh(W[2] @ x[t, row] + b[2] + r * m)
            after = z * h + (1.0 - z) * n
            for name, value in zip(kept, (r, z, n, after, m, h), strict=True):
                kept[name][t, row] = value
            h = after
    return kept


def gru_backward(dy, dh_final, kept, x, W, U, restart):
    """Gradients of one GRU layer from those of its outputs and of its final state: x, W, U, b, b_hn, h0."""
    T, B, H = dy.shape
    dx, dW, dU, db, db_hn = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U), np.zeros((3, H)), np.zeros(H)
    dh0 = np.zeros((B, H))
    for row in range(B):
        dh = dh_final[row]
        for t in reversed(range(T)):
            r, z, n, m, h = (kept[name][t, row] for name in ("r", "z", "n", "m_before", "h_before"))
            dh = dh + dy[t, row]
            dn = dh * (1.0 - z)
            dz = dh * (h - n)
            da_n = dn * (1.0 - n**2)
            da_r = da_n * m * r * (1.0 - r)
            da_z = dz * z * (1.0 - z)
            d_product = da_r, da_z, da_n * r  # of U_r h', U_z h', U_n h'
            dh = dh * z
            for gate, (da, du) in enumerate(zip((da_r, da_z, da_n), d_product, strict=True)):
                dW[gate] += np.outer(da, x[t, row])
                dU[gate] += np.outer(du, h)
                db[gate] += da
                dx[t, row] += W[gate].T @ da
                dh = dh + U[gate].T @ du
            db_hn += da_n * r
            if restart[t, row]:
                dh = np.zeros(H)
        dh0[row] = dh
    return {"x": dx, "W": dW, "U": dU, "b": db, "b_hn": db_hn, "h0": dh0}


def rnn_forward(x, W, U, b, h0, restart):
    """Plain RNN layer: x (T, B, D); W (1, H, D); U (1, H, H); b (1, H); h0 (B, H). Returns h and h_before (T, B, H)."""
    T, B, _ = x.shape
    H = U.shape[-1]
    kept = {"h": np.zeros((T, B, H)), "h_before": np.zeros((T, B, H))}
    for row in range(B):
        h = h0[row]
        for t in range(T):
            if restart[t, row]:
                h = np.zeros(H)
            kept["h_before"][t, row] = h
            h = np.tanh(W[0] @ x[t, row] + U[0] @ h + b[0])
            kept["h"][t, row] = h
    return kept


def rnn_backward(dy, dh_final, kept, x, W, U, restart):
    """Gradients of one plain RNN layer from those of its outputs and of its final state: x, W, U, b, h0."""
    T, B, H = dy.shape
    dx, dW, dU, db, dh0 = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U), np.zeros((1, H)), np.zeros((B, H))
    for row in range(B):
        dh = dh_final[row]
        for t in reversed(range(T)):
            da = (dh + dy[t, row]) * (1.0 - kept["h"][t, row] ** 2)
            dW[0] += np.outer(da, x[t, row])
            dU[0] += np.outer(da, kept["h_before"][t, row])
            db[0] += da
            dx[t, row] = W[0].T @ da
            dh = np.zeros(H) if restart[t, row] else U[0].T @ da
        dh0[row] = dh
    return {"x": dx, "W": dW, "U": dU, "b": db, "h0": dh0}
