-- After loading: keys, what a reader needs (watermark order), what the simulator needs.
ALTER TABLE onestop.ho_so ADD PRIMARY KEY (id_ho_so);
CREATE UNIQUE INDEX ho_so_ma ON onestop.ho_so (ma_ho_so);
CREATE INDEX ho_so_cap_nhat ON onestop.ho_so (cap_nhat, id_ho_so);
ALTER TABLE onestop.buoc_xu_ly ADD PRIMARY KEY (id_buoc);
CREATE INDEX buoc_xu_ly_cap_nhat ON onestop.buoc_xu_ly (cap_nhat, id_buoc);
CREATE INDEX buoc_xu_ly_ho_so ON onestop.buoc_xu_ly (id_ho_so);
ALTER TABLE onestop.tam_dung ADD PRIMARY KEY (id_ho_so, tu_luc);
CREATE INDEX thay_doi_han_ho_so ON onestop.thay_doi_han (id_ho_so);
ALTER TABLE onestop.danh_gia ADD PRIMARY KEY (id_ho_so);
ALTER TABLE onestop.cung_cap ADD PRIMARY KEY (ma_don_vi, ma_tthc, tu_ngay);
CREATE INDEX can_bo_don_vi ON onestop.can_bo (ma_don_vi);
CREATE INDEX kiem_tra_ket_noi_luc ON onestop.kiem_tra_ket_noi (luc, ma_xa_gso);
ALTER TABLE onestop.chi_so ADD PRIMARY KEY (ma_chi_so, loai_pham_vi, ma_pham_vi, luc);
ALTER TABLE onestop.ke_hoach ADD PRIMARY KEY (id_ho_so);
CREATE INDEX ke_hoach_luc ON onestop.ke_hoach (luc);
