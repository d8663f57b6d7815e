"""Trains a PyTorch loop with tqdm's bar: tqdm_loop.py EVIDENCE_FOLDER."""
import sys

import torch
from evidence import Evidence
from tqdm import tqdm

evidence = Evidence(sys.argv[1])
torch.manual_seed(7)
x = torch.rand(48, 3)
y = (x.sum(dim=1, keepdim=True) > 1.5).float()
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
step = 0
for epoch in range(1, 4):
    bar = tqdm(range(0, 48, 8), desc="Epoch %d/3" % epoch, mininterval=0)
    for start in bar:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x[start : start + 8]), y[start : start + 8])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        bar.set_postfix(loss="%.5f" % loss.item(), refresh=False)
        step += 1
        evidence.keep("loss", step, "%.5f" % loss.item(), epoch - 1)
    with torch.no_grad():
        accuracy = ((model(x) > 0) == (y > 0.5)).float().mean().item()
    # On the stream of the bar: of two pipes that are full, either may be read first.
    print("Epoch %d: val accuracy %.4f" % (epoch, accuracy), file=sys.stderr)
    evidence.keep("val/accuracy", step, "%.4f" % accuracy, epoch - 1)
